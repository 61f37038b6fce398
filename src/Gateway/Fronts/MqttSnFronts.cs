using System.Net;
using System.Net.Sockets;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts.Tls;
using Edge.LocalBroker;
using Edge.Protocols.MqttSn;
using Edge.Protocols.MqttSn.Topics;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>The fronts of MQTT-SN: over UDP, one for each address that is bound, over DTLS, and over whatever other link it is carried.</summary>
/// <param name="settings">The gateway's settings.</param>
/// <param name="services">The gateway.</param>
internal sealed class MqttSnFronts(GatewaySettings settings, FrontServices services) : IDisposable
{
    private readonly KnownTopics _known = new(settings.MqttSn);
    private readonly UnconnectedLimits _unconnected = new(settings.QosMinusOneFrom, settings.QosMinusOneRate, services);
    private readonly List<DatagramFront<MqttSnReply>> _overUdp = [];
    private DatagramFront<MqttSnReply>? _overDtls;
    private DtlsFiles? _dtlsFiles;

    /// <summary>Addresses and ports that were bound for UDP.</summary>
    public IEnumerable<IPEndPoint> EndPoints => _overUdp.Select(front => front.Local.ToEndPoint());

    /// <summary>What is served where, in words.</summary>
    public IEnumerable<string> Descriptions =>
    [
        .. EndPoints.Select(endPoint => $"MQTT-SN {endPoint}"),
        .. _overDtls is { } dtls ? (IEnumerable<string>)[$"MQTT-SN over DTLS {dtls.Local}"] : [],
    ];

    /// <summary>Whether every loop turns.</summary>
    public bool AreRunning => _overUdp.TrueForAll(front => front.IsRunning) && _overDtls is not { IsRunning: false };

    /// <summary>Binds the addresses of the configuration, and serves them.</summary>
    /// <exception cref="StartException">One of them cannot be bound, or the keys and certificates of DTLS cannot be used.</exception>
    public void Start()
    {
        if (settings.MqttSnListener is { Enabled: true } udp)
        {
            var limits = LimitsOf("listeners.mqttsn", udp);
            foreach (var bind in (IEnumerable<IPEndPoint>)[udp.Bind, .. udp.AlsoBind])
            {
                var link = Open("listeners.mqttsn", bind, () => new UdpLink(bind, new UdpLinkOptions { Groups = settings.MulticastGroups }));
                var front = New("MQTT-SN", link, limits, settings.MqttSn, BeaconOf(link.EndPoint));
                _overUdp.Add(front);
                front.Start();
            }
        }

        if (settings.MqttSnDtlsListener is { Enabled: true } dtls)
        {
            const string Section = "listeners.mqttsn_dtls";
            _dtlsFiles = Open(Section, dtls.Bind, () => new DtlsFiles(Section, dtls, services.Clock, services.Logger));
            _overDtls = New("MQTT-SN over DTLS", _dtlsFiles.Link, LimitsOf(Section, dtls), settings.MqttSn, identities: _dtlsFiles);
            _overDtls.Start();
        }
    }

    /// <summary>Adds what the fronts say of themselves to what is published.</summary>
    public void AddTo(SystemTopics topics) => _dtlsFiles?.AddTo(topics);

    /// <summary>A front that serves MQTT-SN on another link.</summary>
    /// <param name="key">The link's section of the configuration, such as <c>serial.field</c>.</param>
    /// <param name="link">The link; the front closes it.</param>
    /// <param name="largest">Longest message that the link carries, in octets.</param>
    /// <param name="everybody">Where ADVERTISE reaches all nodes at the time; nowhere while none can be reached. Null for a link that has only one.</param>
    public DatagramFront<MqttSnReply> New(string key, IDatagramLink link, int largest, Func<IReadOnlyList<LinkAddress>>? everybody) => New(
        "MQTT-SN",
        link,
        LimitsOf(key, new ListenerSettings(enabled: true, port: 0)),
        settings.MqttSn with { MaxDatagramSize = Math.Min(settings.MqttSn.MaxDatagramSize, largest) },
        everybody is null ? null : BeaconTo(everybody));

    /// <inheritdoc/>
    public void Dispose()
    {
        _overUdp.ForEach(front => front.Dispose());
        _overDtls?.Dispose();
        _dtlsFiles?.Dispose();
    }

    private static T Open<T>(string section, IPEndPoint bind, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (SocketException fault)
        {
            throw StartException.CannotListen($"{section}.bind", bind, fault);
        }
    }

    private ListenerLimits LimitsOf(string key, ListenerSettings listener) =>
        new(key, listener, settings.PublishingOfEach, services.Clock) { Unconnected = _unconnected };

    private DatagramFront<MqttSnReply> New(
        string name, IDatagramLink link, ListenerLimits limits, MqttSnOptions options, Beacon? beacon = null, IClientIdentities? identities = null) => new(
        name,
        new ForwarderLink(limits.Datagrams is { } rate ? new PacedLink(link, rate, limits.DatagramsKey, services) : link),
        address => new MqttSnPeer(options, _known, address.ToString(), isProven: identities is not null || IsTrusted(address)),
        services,
        limits,
        beacon,
        identities);

    /// <summary>Whether nobody else can send from an address.</summary>
    private bool IsTrusted(LinkAddress address) => address.IsOfDevice || settings.TrustedNetworks.Contains(address);

    private Beacon? BeaconOf(IPEndPoint local)
    {
        IReadOnlyList<LinkAddress> named =
        [
            .. settings.MulticastGroups.Select(group => new IPEndPoint(group, local.Port)).Concat(settings.AdvertiseTo)
                .Where(receiver => receiver.AddressFamily == local.AddressFamily || local.Address.Equals(IPAddress.IPv6Any))
                .Select(LinkAddress.From),
        ];
        return BeaconTo(() => named.Count > 0 ? named : BroadcastAddresses.Of(local));
    }

    private Beacon? BeaconTo(Func<IReadOnlyList<LinkAddress>> receivers) => settings.AdvertiseInterval == TimeSpan.Zero
        ? null
        : new Beacon(settings.AdvertiseInterval, GatewayDiscovery.Advertisement(settings.MqttSn.GatewayId, settings.AdvertiseInterval), receivers);
}
