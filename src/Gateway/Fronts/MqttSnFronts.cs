using System.Net;
using Edge.Gateway.Configuration;
using Edge.Protocols.MqttSn;
using Edge.Protocols.MqttSn.Topics;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>The fronts of MQTT-SN: over UDP, one for each address that is bound, over DTLS, and over whatever other link it is carried.</summary>
internal sealed class MqttSnFronts : IDisposable
{
    private readonly GatewaySettings _settings;
    private readonly FrontServices _services;
    private readonly KnownTopics _known;
    private readonly UnconnectedLimits _unconnected;

    /// <param name="settings">The gateway's settings.</param>
    /// <param name="services">The gateway.</param>
    public MqttSnFronts(GatewaySettings settings, FrontServices services)
    {
        (_settings, _services) = (settings, services);
        _known = new KnownTopics(settings.MqttSn);
        _unconnected = new UnconnectedLimits(settings.QosMinusOneFrom, settings.QosMinusOneRate, services);
        Listeners = new DatagramFronts<MqttSnReply>("MQTT-SN", settings, services, (name, link, limits, identities) =>
            New(name, link, limits, settings.MqttSn, identities is null ? BeaconOf(link.Local.ToEndPoint()) : null, identities));
    }

    /// <summary>What is served over UDP and DTLS.</summary>
    public DatagramFronts<MqttSnReply> Listeners { get; }

    /// <summary>Binds the addresses of the configuration, and serves them.</summary>
    /// <exception cref="StartException">One of them cannot be bound, or the keys and certificates of DTLS cannot be used.</exception>
    public void Start()
    {
        Listeners.ServeUdp("listeners.mqttsn", _settings.MqttSnListener, new UdpLinkOptions { Groups = _settings.MulticastGroups });
        Listeners.ServeDtls("listeners.mqttsn_dtls", _settings.MqttSnDtlsListener);
    }

    /// <summary>A front that serves MQTT-SN on another link.</summary>
    /// <param name="key">The link's section of the configuration, such as <c>serial.field</c>.</param>
    /// <param name="link">The link; the front closes it.</param>
    /// <param name="largest">Longest message that the link carries, in octets.</param>
    /// <param name="everybody">Where ADVERTISE reaches all nodes at the time; nowhere while none can be reached. Null for a link that has only one.</param>
    public DatagramFront<MqttSnReply> New(string key, IDatagramLink link, int largest, Func<IReadOnlyList<LinkAddress>>? everybody) => New(
        "MQTT-SN",
        link,
        Listeners.LimitsOf(key, new ListenerSettings(enabled: true, port: 0)),
        _settings.MqttSn with { MaxDatagramSize = Math.Min(_settings.MqttSn.MaxDatagramSize, largest) },
        everybody is null ? null : BeaconTo(everybody));

    /// <inheritdoc/>
    public void Dispose() => Listeners.Dispose();

    private DatagramFront<MqttSnReply> New(
        string name, IDatagramLink link, ListenerLimits limits, MqttSnOptions options, Beacon? beacon = null, IClientIdentities? identities = null) => new(
        name,
        new ForwarderLink(link),
        address => new MqttSnPeer(options, _known, address.ToString(), isProven: identities is not null || IsTrusted(address)),
        _services,
        limits,
        beacon,
        identities)
        {
            Unconnected = _unconnected,
        };

    /// <summary>Whether nobody else can send from an address.</summary>
    private bool IsTrusted(LinkAddress address) => address.IsOfDevice || _settings.TrustedNetworks.Contains(address);

    private Beacon? BeaconOf(IPEndPoint local)
    {
        IReadOnlyList<LinkAddress> named =
        [
            .. _settings.MulticastGroups.Select(group => new IPEndPoint(group, local.Port)).Concat(_settings.AdvertiseTo)
                .Where(receiver => receiver.AddressFamily == local.AddressFamily || local.Address.Equals(IPAddress.IPv6Any))
                .Select(LinkAddress.From),
        ];
        return BeaconTo(() => named.Count > 0 ? named : BroadcastAddresses.Of(local));
    }

    private Beacon? BeaconTo(Func<IReadOnlyList<LinkAddress>> receivers) => _settings.AdvertiseInterval == TimeSpan.Zero
        ? null
        : new Beacon(_settings.AdvertiseInterval, GatewayDiscovery.Advertisement(_settings.MqttSn.GatewayId, _settings.AdvertiseInterval), receivers);
}
