using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Edge.Bridge;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker;
using Edge.LocalBroker.Rewriting;
using Edge.Messaging;
using Edge.Protocols.Coap;
using Edge.Protocols.MqttSn;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>Every key of the configuration file but those inside <c>[[serial]]</c>, <c>[[bridge]]</c> and the like, as one table. docs/configuration.md shows the same.</summary>
internal static class GatewaySchema
{
    /// <summary>Longest Keep Alive and the like that fit the wire: 65,535 s, rounded down.</summary>
    private const string LongestKeepAlive = "18h";

    /// <summary>Text that fits into one level of a Topic Name and of a Topic Filter.</summary>
    private static readonly SettingType<string> TopicLevel = SettingType.Text(
        "a text without `/`, `+`, `#` and control characters",
        text => text.Length is > 0 and <= 255 && !text.AsSpan().ContainsAny("/+#") && !text.Any(char.IsControl));

    private static readonly SettingType<OverflowPolicy> Overflow =
        SettingType.OneOf(("drop-oldest", OverflowPolicy.DropOldest), ("drop-newest", OverflowPolicy.DropNewest));

    private static readonly Setting<GatewaySettings>[] Settings =
    [
        Value("gateway.name", TopicLevel, "the host name",
            "Name of this gateway: `${gateway}` in the templates of bridges.",
            (s, value) => s with { Name = value }),
        Value("gateway.data_dir", SettingType.Folder, "`$STATE_DIRECTORY`, else `./edge-data`",
            "Folder of the store: sessions, queues, retained messages. Made when missing.",
            (s, value) => s with { Storage = s.Storage with { Directory = value } }),
        Value("gateway.sys_interval", SettingType.Duration("0", "1h"), "`\"10s\"`",
            "How often `$SYS/broker/…` is published; `0` for never.",
            (s, value) => s with { SysInterval = value }),
        Value("gateway.client_events", SettingType.Toggle, "`true`",
            "Whether `$SYS/brokers/{name}/clients/…` tells of clients that come and go.",
            (s, value) => s with { ClientEvents = value }),
        Value("gateway.memory_limit", SettingType.Size("32MiB", "1TiB"), "what the system allows",
            "Memory of the program. From nine tenths of it on, QoS 0 is dropped and other publishers wait.",
            (s, value) => s with { MemoryLimit = value }),
        Value("log.level",
            SettingType.OneOf(("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error)),
            "`\"info\"`",
            "Least level that is logged.",
            (s, value) => s with { LogLevel = value }),
        Value("store.commit_delay", SettingType.Duration("0", "10s"), "`\"20ms\"`",
            "Longest wait of a write for company, so that many share one commit. What is acknowledged meanwhile is never written.",
            (s, value) => s with { Storage = s.Storage with { CommitDelay = value, RemovalDelay = value > s.Storage.RemovalDelay ? value : s.Storage.RemovalDelay } }),

        .. ListenerSchema.Settings,

        Value("mqtt.max_connections", SettingType.WholeNumber(0, 10_000_000), "`0`",
            "Clients connected at a time, by all listeners together; `0` for any number.",
            (s, value) => s with { Broker = s.Broker with { MaxConnections = value } }),
        Value("mqtt.max_subscriptions", SettingType.WholeNumber(0, 10_000_000), "`0`",
            "Subscriptions of one session; `0` for any number. Those of `[[auto_subscribe]]` count, and are never refused.",
            (s, value) => s with { Broker = s.Broker with { MaxSubscriptions = value } }),
        Value("mqtt.max_message_rate", SettingType.CountRate, "`0`",
            "Messages published by each client; `0` for any number.",
            (s, value) => s with { PublishingOfEach = s.PublishingOfEach with { Messages = value } }),
        Value("mqtt.max_byte_rate", SettingType.SizeRate, "`0`",
            "Octets of these messages: topics, payloads and properties; `0` for any number.",
            (s, value) => s with { PublishingOfEach = s.PublishingOfEach with { Octets = value } }),
        Value("mqtt.max_packet_size", SettingType.Size("1KiB", "256MiB"), "`\"1MiB\"`",
            "Largest packet taken from a client; announced as Maximum Packet Size.",
            (s, value) => s with { Mqtt = s.Mqtt with { MaxPacketSize = (int)value } }),
        Value("mqtt.max_inflight", SettingType.WholeNumber(1, 65_535), "`32`",
            "QoS 1 and 2 messages unacknowledged per client, in each direction; announced as Receive Maximum.",
            (s, value) => s with { Broker = s.Broker with { MaxInflight = value }, Mqtt = s.Mqtt with { ReceiveMaximum = value } }),
        Value("mqtt.max_session_expiry", SettingType.Duration("1s", "36500d", step: "1s"), "`\"7d\"`",
            "Longest time a session outlives its connection, whatever the client asks; also for CleanSession = 0 and MQTT-SN.",
            (s, value) => s with
            {
                Broker = s.Broker with { MaxSessionExpiry = value },
                Mqtt = s.Mqtt with { MaxSessionExpiry = value },
                MqttSn = s.MqttSn with { MaxSessionExpiry = value },
            }),
        Value("mqtt.max_queued_messages", SettingType.WholeNumber(1, 100_000_000), "`10000`",
            "Messages that may wait in one session.",
            (s, value) => s with { Broker = s.Broker with { MaxQueuedMessages = value } }),
        Value("mqtt.max_queued_bytes", SettingType.Size("1KiB", "1TiB"), "`\"64MiB\"`",
            "Octets that may wait in one session.",
            (s, value) => s with { Broker = s.Broker with { MaxQueuedBytes = value } }),
        Value("mqtt.max_queued_bytes_total", SettingType.Size("0B", "1TiB"), "`0`",
            "Octets that may wait in the sessions of all clients together; `0` for any number. Bridges have queues of their own.",
            (s, value) => s with { Broker = s.Broker with { MaxQueuedBytesTotal = value } }),
        Value("mqtt.max_queued_age", SettingType.Duration("0", "36500d", step: "1s"), "`\"0\"`",
            "How long a message may wait in one session; `0` for ever.",
            (s, value) => s with { Broker = s.Broker with { MaxQueuedAge = value } }),
        Value("mqtt.overflow", Overflow, "`\"drop-oldest\"`",
            "Who goes when a session's queue is full. Each is counted.",
            (s, value) => s with { Broker = s.Broker with { Overflow = value } }),
        Value("mqtt.max_delayed_messages", SettingType.WholeNumber(0, 10_000_000), "`100000`",
            "Messages on `$delayed/…` that may wait for their time, in memory and on disk; `0` refuses them.",
            (s, value) => s with { Broker = s.Broker with { MaxDelayedMessages = value } }),
        Value("mqtt.max_delayed_bytes", SettingType.Size("1KiB", "1TiB"), "`\"64MiB\"`",
            "Octets that may wait so.",
            (s, value) => s with { Broker = s.Broker with { MaxDelayedBytes = value } }),
        Value("mqtt.max_retained_messages", SettingType.WholeNumber(0, 100_000_000), "`0`",
            "Retained messages, one for each topic; `0` for any number.",
            (s, value) => s with { Broker = s.Broker with { MaxRetainedMessages = value } }),
        Value("mqtt.max_retained_bytes", SettingType.Size("0B", "1TiB"), "`\"64MiB\"`",
            "Octets of all retained messages together: topics, payloads and properties; `0` for any number. They are kept in memory, too.",
            (s, value) => s with { Broker = s.Broker with { MaxRetainedBytes = value } }),
        Value("mqtt.max_retained_size", SettingType.Size("0B", "256MiB"), "`0`",
            "Octets of one retained message; `0` for no limit but `max_packet_size`.",
            (s, value) => s with { Broker = s.Broker with { MaxRetainedSize = value } }),
        Value("mqtt.retained_expiry", SettingType.Duration("0", "36500d", step: "1s"), "`\"0\"`",
            "How long a message is retained that has no Message Expiry Interval of its own; `0` for ever.",
            (s, value) => s with { Broker = s.Broker with { RetainedExpiry = value } }),
        Value("mqtt.max_topic_levels", SettingType.WholeNumber(1, 65_535), "`128`",
            "Levels of a Topic Name or Topic Filter.",
            (s, value) => s with { Broker = s.Broker with { MaxTopicLevels = value } }),
        Value("mqtt.shared_subscription_strategy", ShareStrategiesSetting.Strategy, "`\"round_robin\"`",
            "Who of a group gets a message of `$share/{group}/…` or `$queue/…`; docs/topics.md says what each word means.",
            (s, value) => s with { Broker = s.Broker with { ShareStrategy = value } }),
        new ShareStrategiesSetting("mqtt.shared_subscription_groups",
            "The same for single groups; `\"$queue\"` names that of `$queue/…`.",
            (s, value) => s with { Broker = s.Broker with { ShareStrategies = value } }),
        Value("mqtt.rewrite_order", SettingType.OneOf(("last", RewriteOrder.Last), ("first", RewriteOrder.First)), "`\"last\"`",
            "Which `[[rewrite]]` decides of several whose `source` matches.",
            (s, value) => s with { Broker = s.Broker with { RewriteOrder = value } }),
        Value("mqtt.topic_alias_maximum", SettingType.WholeNumber(0, 65_535), "`16`",
            "Topic Aliases a client may use, and at most so many are used towards it; announced as Topic Alias Maximum.",
            (s, value) => s with { Mqtt = s.Mqtt with { TopicAliasMaximum = value } }),
        Value("mqtt.server_keep_alive", SettingType.Duration("0", LongestKeepAlive, step: "1s"), "`\"0\"`",
            "Keep Alive asked of MQTT 5.0 clients that want a longer one or none; `0` leaves it to them.",
            (s, value) => s with { Mqtt = s.Mqtt with { ServerKeepAlive = value } }),
        Value("mqtt.response_information",
            SettingType.Text("a Topic Name, or nothing", text => text.Length == 0 || TopicName.TryParse(text, out _)), "`\"\"`",
            "Told to MQTT 5.0 clients that ask for Response Information: where their Response Topics are to be.",
            (s, value) => s with { Mqtt = s.Mqtt with { ResponseInformation = value } }),
        Value("mqtt.connect_timeout", SettingType.Duration("100ms", "10m"), "`\"10s\"`",
            "How long a connection may stay without a CONNECT, or without an answer while it is asked who it is. The TLS handshake and the WebSocket upgrade before it each have as long.",
            (s, value) => s with { Mqtt = s.Mqtt with { ConnectTimeout = value } }),

        .. AuthSchema.Settings,

        Value("mqttsn.gateway_id", SettingType.WholeNumber(1, 255), "`1`",
            "Identity in GWINFO, unique on the network.",
            (s, value) => s with { MqttSn = s.MqttSn with { GatewayId = (byte)value } }),
        Value("mqttsn.retry_interval", SettingType.Duration("10ms", "5m"), "`\"10s\"`",
            "Wait before an unanswered message is sent again (Tretry); the specification advises 10 s to 15 s.",
            (s, value) => s with { MqttSn = s.MqttSn with { RetryInterval = value } }),
        Value("mqttsn.retry_limit", SettingType.WholeNumber(0, 20), "`3`",
            "Times a message is sent again before its client counts as lost (Nretry); the specification advises 3 to 5.",
            (s, value) => s with { MqttSn = s.MqttSn with { RetryLimit = value } }),
        Value("mqttsn.max_inflight", SettingType.WholeNumber(1, 65_535), "`1`",
            "QoS 1 and 2 messages unacknowledged on their way to a node, within `mqtt.max_inflight`. The specification allows one: more only for nodes that are known to take them.",
            (s, value) => s with { MqttSn = s.MqttSn with { MaxInflight = value } }),
        Value("mqttsn.allow_qos_minus_one", SettingType.Toggle, "`true`",
            "Whether nodes may publish without a connection.",
            (s, value) => s with { MqttSn = s.MqttSn with { AllowQosMinusOne = value } }),
        Value("mqttsn.qos_minus_one_from", NodeOriginsType.Instance, "anywhere",
            "From where they may. What comes from elsewhere is dropped, counted and logged. `\"serial\"` is every serial line; nodes behind a forwarder come from where it is.",
            (s, value) => s with { QosMinusOneFrom = value }),
        Value("mqttsn.qos_minus_one_rate", SettingType.CountRate, "`0`",
            "How fast they may from each address, which an IPv6 network of 64 bits, a serial device and a radio are, too; `0` for any rate. What comes faster is dropped, counted and logged.",
            (s, value) => s with { QosMinusOneRate = value }),
        Value("mqttsn.trusted_networks", NodeOriginsType.Instance, "`\"loopback\"`",
            "Where no node can send from another's address. From elsewhere a node must answer a REGISTER before more goes to it than three times what came; DTLS and serial lines are trusted anyway.",
            (s, value) => s with { TrustedNetworks = value }),
        Value("mqttsn.max_datagram_size", SettingType.WholeNumber(12, 65_507), "`65507`",
            "Longest datagram sent, in octets, header included.",
            (s, value) => s with { MqttSn = s.MqttSn with { MaxDatagramSize = value } }),
        Value("mqttsn.max_topic_ids", SettingType.WholeNumber(1, 65_534), "`1024`",
            "Topic ids a client may have at a time; the one used least lately gives way to a further one.",
            (s, value) => s with { MqttSn = s.MqttSn with { MaxTopicIds = value } }),
        new PredefinedTopicsSetting<GatewaySettings>("mqttsn.predefined_topics",
            "Topic ids agreed in advance with all nodes, from 1 to 65534; `${clientid}` in a name stands for the node, and is not for nodes without a connection.",
            (s, value) => s with { MqttSn = s.MqttSn with { PredefinedTopics = value } }),
        new TableArraySetting<GatewaySettings, ClientTopics>(
            "mqttsn.client", "an array of tables, each written `[[mqttsn.client]]`", "What single nodes have of their own.",
            _ => MqttSnClientSchema.Schema,
            (s, value) => s with { MqttSn = s.MqttSn with { Clients = value } }),
        Value("mqttsn.advertise_interval", SettingType.Duration("0", "65535s", step: "1s"), "`\"15m\"`",
            "Time between two ADVERTISE, by which nodes find the gateway; `0` for none. A listener on loopback sends none, unless `advertise_to` or `multicast_groups` names receivers. XBee radios get it, too.",
            (s, value) => s with { AdvertiseInterval = value }),
        Value("mqttsn.advertise_to",
            ClientRuleSchema.OneOrMore<IPEndPoint>("an IP address and port such as `\"192.0.2.255:1883\"`, or an array of them", SettingType.EndPoint.TryRead), "none",
            "Where ADVERTISE goes, instead of the broadcast addresses of the networks that the listener is bound to, at its own port.",
            (s, value) => s with { AdvertiseTo = value }),
        Value("mqttsn.multicast_groups",
            ClientRuleSchema.OneOrMore<IPAddress>("a multicast address such as `\"225.1.1.1\"` or `\"ff02::1884\"`, or an array of them", TryReadGroup), "none",
            "Groups in which nodes look for a gateway: the listener hears SEARCHGW there when it is bound to all addresses, and ADVERTISE goes there at its own port, instead of the broadcast addresses.",
            (s, value) => s with { MulticastGroups = value }),

        Value("coap.connection_required", SettingType.Toggle, "`false`",
            "Whether a device has to connect, and to show its token with every request (EMQX's connection mode). Devices may do so anyway.",
            (s, value) => s with { Coap = s.Coap with { ConnectionRequired = value } }),
        Value("coap.notify", SettingType.OneOf(("qos", NotificationType.ByQos), ("con", NotificationType.Confirmable), ("non", NotificationType.NonConfirmable)), "`\"qos\"`",
            "How observers are notified: by QoS (Confirmable at QoS 1 and 2), always Confirmable, or Non-confirmable, which is not sent again when it is lost.",
            (s, value) => s with { Coap = s.Coap with { Notify = value } }),
        Value("coap.senml", SettingType.OneOf(("pass", SenMlPublishing.Pass), ("split", SenMlPublishing.Split)), "`\"pass\"`",
            "How packs of measurements (SenML in JSON or CBOR) are published: as they came, or each record by itself, under the posted topic and its name.",
            (s, value) => s with { Coap = s.Coap with { SenMl = value } }),
        Value("coap.max_senml_records", SettingType.WholeNumber(1, 10_000), "`1000`",
            "Records of a pack that is published by records; one with more is refused.",
            (s, value) => s with { Coap = s.Coap with { MaxSenMlRecords = value } }),
        Value("coap.max_block_body", SettingType.Size("1KiB", "256MiB"), "`\"1MiB\"`",
            "Longest body of a request in blocks.",
            (s, value) => s with { Coap = s.Coap with { MaxBlockBody = (int)value } }),
        Value("coap.max_block_bodies", SettingType.WholeNumber(1, 1_000), "`4`",
            "Bodies in blocks that one device may have under way; the one begun first gives way to a further one.",
            (s, value) => s with { Coap = s.Coap with { MaxBlockBodies = value } }),
        Value("coap.max_block_bytes_total", SettingType.Size("1KiB", "1TiB"), "`\"16MiB\"`",
            "Octets of all bodies together that are under way; those beyond are told to come later.",
            (s, value) => s with { Coap = s.Coap with { MaxBlockBytesTotal = value } }),
        Value("coap.block_size", SettingType.WholeNumber(16, 1_024), "`1024`",
            "Octets of the largest block sent, down to a power of two: what is longer goes in blocks. Smaller ones suit radios with small frames.",
            (s, value) => s with { Coap = s.Coap with { BlockSize = value } }),
        Value("coap.max_observations", SettingType.WholeNumber(1, 100_000), "`100`",
            "Resources that one device may observe.",
            (s, value) => s with { Coap = s.Coap with { MaxObservations = value } }),
        Value("coap.max_requests", SettingType.WholeNumber(1, 10_000), "`16`",
            "Requests of one device that may wait for their answers.",
            (s, value) => s with { Coap = s.Coap with { MaxPending = value } }),
        Value("coap.trusted_networks", NodeOriginsType.Networks, "`\"loopback\"`",
            "Where no device can send from another's address. From elsewhere a device must show that it receives before it is notified, or gets an answer much longer than its request; over DTLS it has.",
            (s, value) => s with { CoapTrustedNetworks = value }),
        Value("coap.multicast_groups",
            ClientRuleSchema.OneOrMore<IPAddress>("a multicast address such as `\"224.0.1.187\"` or `\"ff02::fd%eth0\"`, or an array of them", TryReadGroup), "none",
            "Groups in which devices look for a gateway, at the port of `listeners.coap`: who asks there for `/.well-known/core` is answered within five seconds.",
            (s, value) => s with { CoapMulticastGroups = value }),
        Value("coap.ack_timeout", SettingType.Duration("100ms", "5m"), "`\"2s\"`",
            "Least wait for an acknowledgement before a Confirmable message is sent again (ACK_TIMEOUT); it doubles each time.",
            (s, value) => s with { Coap = s.Coap with { Transmission = s.Coap.Transmission with { AckTimeout = value } } }),
        Value("coap.max_retransmit", SettingType.WholeNumber(0, 20), "`4`",
            "Times it is sent again before its receiver counts as gone (MAX_RETRANSMIT).",
            (s, value) => s with { Coap = s.Coap with { Transmission = s.Coap.Transmission with { MaxRetransmit = value } } }),

        new TableArraySetting<GatewaySettings, RewriteRule>(
            "rewrite", "an array of tables, each written `[[rewrite]]`", "Rules that rewrite topics.",
            _ => RewriteSchema.Schema,
            (s, value) => s with { Broker = s.Broker with { Rewrite = value } }),

        new TableArraySetting<GatewaySettings, AutoSubscription>(
            "auto_subscribe", "an array of tables, each written `[[auto_subscribe]]`", "Subscriptions of every client.",
            _ => AutoSubscribeSchema.Schema,
            (s, value) => s with { Broker = s.Broker with { AutoSubscribe = value } }),

        // Last, since templates in them need the gateway's name.
        new TableArraySetting<GatewaySettings, SerialSettings>(
            "serial", "an array of tables, each written `[[serial]]`", "Serial lines.",
            settings => SerialSchema.For(settings.Name),
            (s, value) => s with { SerialLines = value }),
        new TableArraySetting<GatewaySettings, BridgeOptions>(
            "bridge", "an array of tables, each written `[[bridge]]`", "Bridges to upstream brokers.",
            settings => BridgeSchema.For(settings.Name),
            (s, value) => s with { Bridges = value }),
    ];

    /// <summary>The schema over the built-in defaults of a machine.</summary>
    /// <param name="name">Name of the gateway unless told.</param>
    /// <param name="dataDirectory">Folder of the store unless told.</param>
    public static SettingSchema<GatewaySettings> For(string name, string dataDirectory) => new(
        new GatewaySettings { Name = name, Storage = new() { Directory = dataDirectory } },
        Settings,
        (settings, _, report) => Check(settings, report));

    private static void Check(GatewaySettings settings, ConfigurationReport report)
    {
        AuthSchema.Check(settings, report);
        ListenerSchema.Check(settings, report);
        MqttSnClientSchema.Check(settings.MqttSn.Clients, report);
        CheckTogether(settings.Bridges, report);
        CheckTogether(settings.SerialLines, report);
    }

    private static void CheckTogether(IReadOnlyList<SerialSettings> lines, ConfigurationReport report)
    {
        foreach (var (index, line) in lines.Index())
        {
            var others = lines.Take(index);
            if (line.Name.Length > 0 && others.Any(other => other.Name == line.Name))
            {
                report.Add($"serial.{line.Name}", "is there twice; every serial line must have a name of its own");
            }
            else if (line.Port.Device.Length > 0 && others.FirstOrDefault(other => other.Port.Device == line.Port.Device) is { } twin)
            {
                report.Add($"serial.{line.Name}.device", $"is \"{line.Port.Device}\", as in serial.{twin.Name}; one line cannot be shared, so it must be another");
            }
        }
    }

    private static void CheckTogether(IReadOnlyList<BridgeOptions> bridges, ConfigurationReport report)
    {
        foreach (var (index, bridge) in bridges.Index())
        {
            var others = bridges.Take(index);
            if (bridge.Name.Length > 0 && others.Any(other => other.Name == bridge.Name))
            {
                report.Add($"bridge.{bridge.Name}", "is there twice; every bridge must have a name of its own");
            }
            else if (!ReferenceEquals(bridge.Address, BridgeSchema.NoAddress)
                && others.FirstOrDefault(other => other.ClientId == bridge.ClientId && other.Address == bridge.Address) is { } twin)
            {
                report.Add($"bridge.{bridge.Name}.client_id",
                    $"is \"{bridge.ClientId}\", as in bridge.{twin.Name} at the same address; they would take the connection from one another, so it must be another");
            }
        }
    }

    private static ValueSetting<GatewaySettings, T> Value<T>(
        string key, SettingType<T> type, string byDefault, string summary, Func<GatewaySettings, T, GatewaySettings> set) =>
        new(key, type, byDefault, summary, set);

    private static bool TryReadGroup(SettingNode node, [MaybeNullWhen(false)] out IPAddress group)
    {
        group = null;
        return SettingType.TryGetText(node, out var text) && IPAddress.TryParse(text, out group)
            && (group.AddressFamily == AddressFamily.InterNetworkV6 ? group.IsIPv6Multicast : group.GetAddressBytes()[0] is >= 224 and < 240);
    }

    private static PlannedSetting<GatewaySettings> Planned(string key, string feature, string? harmless = null) => new(key, feature, harmless);

}
