using System.Net;
using System.Net.Sockets;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts.Tls;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>Makes the front that serves a protocol on a link.</summary>
/// <param name="name">What it is called in logs.</param>
/// <param name="link">The link; the front closes it.</param>
/// <param name="limits">What holds for the listener.</param>
/// <param name="identities">Who is at an address; null where the link does not tell.</param>
internal delegate DatagramFront<TReply> MakeFront<TReply>(string name, IDatagramLink link, ListenerLimits limits, DtlsFiles? identities);

/// <summary>What the listeners of datagrams have in common.</summary>
internal static class DatagramFronts
{
    /// <summary>Opens a link.</summary>
    /// <exception cref="StartException">The address cannot be bound; it says which, and of what.</exception>
    public static T Open<T>(string key, IPEndPoint bind, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (SocketException fault)
        {
            throw StartException.CannotListen(key, bind, fault);
        }
    }
}

/// <summary>The listeners of one protocol of datagrams: over UDP, a front for each address that is bound, and over DTLS.</summary>
/// <param name="protocol">What it is called, such as <c>CoAP</c>.</param>
/// <param name="settings">The gateway's settings.</param>
/// <param name="services">The gateway.</param>
/// <param name="make">Makes each front.</param>
internal sealed class DatagramFronts<TReply>(string protocol, GatewaySettings settings, FrontServices services, MakeFront<TReply> make) : IDisposable
{
    private readonly List<DatagramFront<TReply>> _overUdp = [];
    private DatagramFront<TReply>? _overDtls;

    /// <summary>Addresses and ports that were bound for UDP.</summary>
    public IEnumerable<IPEndPoint> EndPoints => _overUdp.Select(front => front.Local.ToEndPoint());

    /// <summary>What is served where, in words.</summary>
    public IEnumerable<string> Descriptions =>
    [
        .. EndPoints.Select(endPoint => $"{protocol} {endPoint}"),
        .. _overDtls is { } dtls ? (IEnumerable<string>)[$"{protocol} over DTLS {dtls.Local}"] : [],
    ];

    /// <summary>Whether every loop turns.</summary>
    public bool AreRunning => _overUdp.TrueForAll(front => front.IsRunning) && _overDtls is not { IsRunning: false };

    /// <summary>The keys and certificates of DTLS; null where it is not served.</summary>
    public DtlsFiles? Dtls { get; private set; }

    /// <summary>Binds the addresses of a listener of UDP, if it is enabled, and serves them.</summary>
    /// <param name="section">The listener's section of the configuration, such as <c>listeners.coap</c>.</param>
    /// <param name="listener">The listener.</param>
    /// <param name="options">Sizes and groups of its links.</param>
    /// <exception cref="StartException">An address cannot be bound.</exception>
    public void ServeUdp(string section, ListenerSettings listener, UdpLinkOptions options)
    {
        if (!listener.Enabled)
        {
            return;
        }

        var limits = LimitsOf(section, listener);
        foreach (var bind in (IEnumerable<IPEndPoint>)[listener.Bind, .. listener.AlsoBind])
        {
            var front = Make(protocol, DatagramFronts.Open($"{section}.bind", bind, () => new UdpLink(bind, options)), limits);
            _overUdp.Add(front);
            front.Start();
        }
    }

    /// <summary>Binds the address of a listener of DTLS, if it is enabled, and serves it.</summary>
    /// <exception cref="StartException">The address cannot be bound, or the keys and certificates cannot be used.</exception>
    public void ServeDtls(string section, ListenerSettings listener)
    {
        if (!listener.Enabled)
        {
            return;
        }

        Dtls = DatagramFronts.Open($"{section}.bind", listener.Bind, () => new DtlsFiles(section, listener, services.Clock, services.Logger));
        _overDtls = Make($"{protocol} over DTLS", Dtls.Link, LimitsOf(section, listener), Dtls);
        _overDtls.Start();
    }

    /// <summary>Limits of a listener, or of whatever else the protocol is served on.</summary>
    public ListenerLimits LimitsOf(string section, ListenerSettings listener) => new(section, listener, settings.PublishingOfEach, services.Clock);

    /// <inheritdoc/>
    public void Dispose()
    {
        _overUdp.ForEach(front => front.Dispose());
        _overDtls?.Dispose();
        Dtls?.Dispose();
    }

    private DatagramFront<TReply> Make(string name, IDatagramLink link, ListenerLimits limits, DtlsFiles? identities = null) =>
        make(name, limits.Datagrams is { } rate ? new PacedLink(link, rate, limits.DatagramsKey, services) : link, limits, identities);
}
