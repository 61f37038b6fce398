using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn;

/// <summary>Settings of the MQTT-SN gateway. Section <c>mqttsn</c>.</summary>
public sealed record MqttSnOptions
{
    /// <summary>Identity in ADVERTISE and GWINFO (MQTT-SN 1.2 §5.3.6). 1–255, unique on the network.</summary>
    public byte GatewayId { get; init; } = 1;

    /// <summary>Wait before an unanswered message is sent again, T_retry. §7.2 advises 10 s to 15 s.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Times a message is sent again before its client counts as lost, N_retry; 0–20. §7.2 advises 3 to 5.</summary>
    public int RetryLimit { get; init; } = 3;

    /// <summary>QoS 1 and 2 messages on their way to a client at a time; 1–65,535. §6.10 has one; REGISTER is always one at a time.</summary>
    public int MaxInflight { get; init; } = 1;

    /// <summary>Whether nodes may publish without a connection (§6.8).</summary>
    public bool AllowQosMinusOne { get; init; } = true;

    /// <summary>Longest datagram sent, in octets, header included; 12–65,507, the most that UDP carries over IPv4.</summary>
    public int MaxDatagramSize { get; init; } = 65_507;

    /// <summary>Topic ids agreed in advance (§6.7) with all clients, 1–65,534, with their names.</summary>
    public IReadOnlyDictionary<ushort, PredefinedTopic> PredefinedTopics { get; init; } = new Dictionary<ushort, PredefinedTopic>();

    /// <summary>Topic ids agreed in advance with single clients, each client once.</summary>
    public IReadOnlyList<ClientTopics> Clients { get; init; } = [];

    /// <summary>Topic ids a client may have at a time; 1–65,534. The one used least lately gives way to a further one.</summary>
    public int MaxTopicIds { get; init; } = 1_024;

    /// <summary>How long a session made with CleanSession = 0 outlives its connection.</summary>
    public TimeSpan MaxSessionExpiry { get; init; } = TimeSpan.FromDays(7);
}
