using System.Net;
using System.Net.Sockets;
using Edge.Gateway.Configuration;
using Edge.Protocols.MqttSn;
using Edge.Protocols.MqttSn.Topics;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>The fronts of MQTT-SN: over UDP, one for each address that is bound, and over whatever other link it is carried.</summary>
/// <param name="settings">The gateway's settings.</param>
/// <param name="services">The gateway.</param>
internal sealed class MqttSnFronts(GatewaySettings settings, FrontServices services) : IDisposable
{
    private const string Name = "MQTT-SN";

    private readonly KnownTopics _known = new(settings.MqttSn.PredefinedTopics);
    private readonly List<DatagramFront<MqttSnReply>> _overUdp = [];

    /// <summary>Addresses and ports that were bound.</summary>
    public IEnumerable<IPEndPoint> EndPoints => _overUdp.Select(front => front.Local.ToEndPoint());

    /// <summary>Whether every loop turns.</summary>
    public bool AreRunning => _overUdp.TrueForAll(front => front.IsRunning);

    /// <summary>Binds the addresses of the configuration, and serves them.</summary>
    /// <exception cref="StartException">One of them cannot be bound.</exception>
    public void StartUdp()
    {
        var listener = settings.MqttSnListener;
        var limits = new ListenerLimits("listeners.mqttsn", listener, settings.PublishingOfEach, services.Clock);
        foreach (var bind in listener.Enabled ? (IEnumerable<IPEndPoint>)[listener.Bind, .. listener.AlsoBind] : [])
        {
            var link = Open(bind);
            var front = New(link, limits, settings.MqttSn, BeaconOf(link.EndPoint));
            _overUdp.Add(front);
            front.Start();
        }
    }

    /// <summary>A front that serves MQTT-SN on another link.</summary>
    /// <param name="key">The link's section of the configuration, such as <c>serial.field</c>.</param>
    /// <param name="link">The link; the front closes it.</param>
    /// <param name="largest">Longest message that the link carries, in octets.</param>
    public DatagramFront<MqttSnReply> New(string key, IDatagramLink link, int largest) => New(
        link,
        new ListenerLimits(key, new ListenerSettings(enabled: true, port: 0), settings.PublishingOfEach, services.Clock),
        settings.MqttSn with { MaxDatagramSize = Math.Min(settings.MqttSn.MaxDatagramSize, largest) },
        beacon: null);

    /// <inheritdoc/>
    public void Dispose() => _overUdp.ForEach(front => front.Dispose());

    private UdpLink Open(IPEndPoint bind)
    {
        try
        {
            return new UdpLink(bind, new UdpLinkOptions { Groups = settings.MulticastGroups });
        }
        catch (SocketException fault)
        {
            throw StartException.CannotListen("listeners.mqttsn.bind", bind, fault);
        }
    }

    private DatagramFront<MqttSnReply> New(IDatagramLink link, ListenerLimits limits, MqttSnOptions options, Beacon? beacon) => new(
        Name, new ForwarderLink(link), address => new MqttSnPeer(options, _known, address.ToString()), services, limits, beacon);

    private Beacon? BeaconOf(IPEndPoint local)
    {
        if (settings.AdvertiseInterval == TimeSpan.Zero)
        {
            return null;
        }

        IReadOnlyList<LinkAddress> named =
        [
            .. settings.MulticastGroups.Select(group => new IPEndPoint(group, local.Port)).Concat(settings.AdvertiseTo)
                .Where(receiver => receiver.AddressFamily == local.AddressFamily || local.Address.Equals(IPAddress.IPv6Any))
                .Select(LinkAddress.From),
        ];
        return new Beacon(
            settings.AdvertiseInterval,
            GatewayDiscovery.Advertisement(settings.MqttSn.GatewayId, settings.AdvertiseInterval),
            () => named.Count > 0 ? named : BroadcastAddresses.Of(local));
    }
}
