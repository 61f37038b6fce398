using System.Net;
using Edge.Bridge;
using Edge.LocalBroker;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Edge.Messaging;
using Edge.Protocols.Coap;
using Edge.Protocols.Mqtt;
using Edge.Protocols.MqttSn;
using Edge.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Configuration;

/// <summary>All settings of one run: read once, validated whole, never changed.</summary>
internal sealed record GatewaySettings
{
    /// <summary>Name of this gateway; <c>${gateway}</c> in templates. Fits into one topic level. Default: the host name.</summary>
    public required string Name { get; init; }

    /// <summary>The store; its folder is <c>gateway.data_dir</c>, an absolute path.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>Time between two publications on <c>$SYS</c>; zero publishes nothing there.</summary>
    public TimeSpan SysInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether <c>$SYS/brokers/…</c> tells of clients that come and go.</summary>
    public bool ClientEvents { get; init; } = true;

    /// <summary>Octets of memory that the process may have before it sheds load; 0 for what the system allows.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>Least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Who may connect without authentication.</summary>
    public AnonymousAccess AllowAnonymous { get; init; } = AnonymousAccess.Loopback;

    /// <summary>The ways in which users may prove who they are, in order; null for those that are configured.</summary>
    public IReadOnlyList<Authenticator>? AuthenticationChain { get; init; }

    /// <summary>File with the users and their passwords, an absolute path; null when nobody can authenticate.</summary>
    public string? UsersFile { get; init; }

    /// <summary>File with the keys that tokens are signed with, an absolute path; null when none is taken.</summary>
    public string? TokenKeyFile { get; init; }

    /// <summary>What is asked of tokens.</summary>
    public TokenOptions Tokens { get; init; } = new();

    /// <summary>What of a client's certificate is the name of its user.</summary>
    public CertificateIdentity CertificateIdentity { get; init; }

    /// <summary>The access list, an absolute path; null when there is none.</summary>
    public string? AccessFile { get; init; }

    /// <summary>The list of bans, an absolute path; null when there is none.</summary>
    public string? BanFile { get; init; }

    /// <summary>When to keep out clients that connect again and again.</summary>
    public FlappingOptions Flapping { get; init; } = new();

    /// <summary>Whether what no rule of the access list fits is allowed.</summary>
    public bool AllowUnmatched { get; init; } = true;

    /// <summary>What a client is told of a subscription that is denied.</summary>
    public SubscribeOutcome SubscribeRefusal { get; init; } = SubscribeOutcome.NotAuthorized;

    /// <summary>MQTT over TCP.</summary>
    public ListenerSettings MqttListener { get; init; } = new(enabled: true, 1883);

    /// <summary>MQTT over TLS; enabled by its certificate.</summary>
    public ListenerSettings MqttTlsListener { get; init; } = new(enabled: false, 8883);

    /// <summary>MQTT over WebSocket.</summary>
    public ListenerSettings WebSocketListener { get; init; } = new(enabled: true, 8083);

    /// <summary>MQTT over secure WebSocket; enabled by its certificate.</summary>
    public ListenerSettings SecureWebSocketListener { get; init; } = new(enabled: false, 8084);

    /// <summary>MQTT-SN over UDP.</summary>
    public ListenerSettings MqttSnListener { get; init; } = new(enabled: true, 1884);

    /// <summary>Time between two ADVERTISE of MQTT-SN; zero for none.</summary>
    public TimeSpan AdvertiseInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Where ADVERTISE goes; empty for the broadcast addresses of the networks that the listener is bound to.</summary>
    public IReadOnlyList<IPEndPoint> AdvertiseTo { get; init; } = [];

    /// <summary>Multicast groups in which MQTT-SN nodes look for a gateway; ADVERTISE goes there, too.</summary>
    public IReadOnlyList<IPAddress> MulticastGroups { get; init; } = [];

    /// <summary>From where MQTT-SN nodes may publish without a connection; null for anywhere.</summary>
    public NodeOrigins? QosMinusOneFrom { get; init; }

    /// <summary>How fast they may from each address.</summary>
    public Rate QosMinusOneRate { get; init; }

    /// <summary>Where no node can send from another's address, so that none need show that it receives at its own. Serial lines are trusted anyway.</summary>
    public NodeOrigins TrustedNetworks { get; init; } = NodeOrigins.ThisMachine;

    /// <summary>MQTT-SN over DTLS; enabled by its keys or its certificate.</summary>
    public ListenerSettings MqttSnDtlsListener { get; init; } = new(enabled: false, 8885);

    /// <summary>CoAP over UDP.</summary>
    public ListenerSettings CoapListener { get; init; } = new(enabled: true, 5683);

    /// <summary>CoAP over DTLS; enabled by its keys or its certificate.</summary>
    public ListenerSettings CoapDtlsListener { get; init; } = new(enabled: false, 5684);

    /// <summary>Limits of the local broker.</summary>
    public BrokerOptions Broker { get; init; } = new();

    /// <summary>Limits of the MQTT front.</summary>
    public MqttOptions Mqtt { get; init; } = new();

    /// <summary>How fast each client may publish, by whatever protocol.</summary>
    public PublishRates PublishingOfEach { get; init; }

    /// <summary>The MQTT-SN gateway.</summary>
    public MqttSnOptions MqttSn { get; init; } = new();

    /// <summary>The CoAP gateway.</summary>
    public CoapOptions Coap { get; init; } = new();

    /// <summary>Multicast groups in which CoAP devices look for a gateway.</summary>
    public IReadOnlyList<IPAddress> CoapMulticastGroups { get; init; } = [];

    /// <summary>Where no device can send CoAP from another's address, so that none need show that it receives at its own.</summary>
    public NodeOrigins CoapTrustedNetworks { get; init; } = NodeOrigins.ThisMachine;

    /// <summary>Serial lines; names are unique.</summary>
    public IReadOnlyList<SerialSettings> SerialLines { get; init; } = [];

    /// <summary>Bridges to upstream brokers; names are unique.</summary>
    public IReadOnlyList<BridgeOptions> Bridges { get; init; } = [];
}
