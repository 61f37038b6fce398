using System.Net;
using Edge.Gateway.Configuration;
using Edge.Protocols.Coap;
using Edge.Protocols.Coap.Transfer;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>The fronts of CoAP: over UDP, one for each address that is bound, over DTLS, and one for each group in which devices look for a gateway.</summary>
internal sealed class CoapFronts : IDisposable
{
    private readonly GatewaySettings _settings;
    private readonly FrontServices _services;
    private readonly BodyBudget _bodies;
    private readonly List<DatagramFront<CoapReply>> _groups = [];

    /// <param name="settings">The gateway's settings.</param>
    /// <param name="services">The gateway.</param>
    public CoapFronts(GatewaySettings settings, FrontServices services)
    {
        (_settings, _services) = (settings, services);
        _bodies = new BodyBudget(settings.Coap.MaxBlockBytesTotal);
        Listeners = new DatagramFronts<CoapReply>("CoAP", settings, services, New);
    }

    /// <summary>Whether every loop turns.</summary>
    public bool AreRunning => Listeners.AreRunning && _groups.TrueForAll(group => group.IsRunning);

    /// <summary>What is served over UDP and DTLS.</summary>
    public DatagramFronts<CoapReply> Listeners { get; }

    /// <summary>Binds the addresses of the configuration, and serves them.</summary>
    /// <exception cref="StartException">One of them cannot be bound, or the keys and certificates of DTLS cannot be used.</exception>
    public void Start()
    {
        const string Section = "listeners.coap";
        var listener = _settings.CoapListener;
        var options = new UdpLinkOptions();
        if (listener.Enabled)
        {
            foreach (var bind in _settings.CoapMulticastGroups.Select(group => new IPEndPoint(group, listener.Bind.Port)))
            {
                var link = DatagramFronts.Open("coap.multicast_groups", bind, () => new UdpLink(bind, options with { Groups = [bind.Address] }));
                var group = new DatagramFront<CoapReply>("CoAP discovery", link, _ => new CoapDiscovery(Random.Shared), _services, Listeners.LimitsOf(Section, listener));
                _groups.Add(group);
                group.Start();
            }
        }

        Listeners.ServeUdp(Section, listener, options with { IsBesideGroups = _groups.Count > 0 });
        Listeners.ServeDtls("listeners.coaps", _settings.CoapDtlsListener);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _groups.ForEach(group => group.Dispose());
        Listeners.Dispose();
    }

    private DatagramFront<CoapReply> New(string name, IDatagramLink link, ListenerLimits limits, IClientIdentities? identities)
    {
        var server = new CoapServer(_settings.Coap, _bodies, _services.Clock, Random.Shared);
        return new DatagramFront<CoapReply>(
            name,
            link,
            address => server.NewPeer(address.ToString(), isProven: identities is not null || _settings.CoapTrustedNetworks.Contains(address)),
            _services,
            limits,
            identities: identities)
        {
            Find = server.Find,
        };
    }
}
