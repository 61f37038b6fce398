using Edge.Messaging;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>One Topic Filter of a SUBSCRIBE with its options, as a view (MQTT 5.0 §3.8.3.1).</summary>
public readonly ref struct SubscribeEntry
{
    /// <summary>Topic Filter in UTF-8.</summary>
    public ReadOnlySpan<byte> Filter { get; init; }

    /// <summary>Highest QoS wanted.</summary>
    public QualityOfService MaximumQos { get; init; }

    /// <summary>No Local; MQTT 5.0 only.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Retain As Published; MQTT 5.0 only.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>Retain Handling; MQTT 5.0 only, <see cref="RetainHandling.Send"/> before.</summary>
    public RetainHandling RetainHandling { get; init; }

    internal static SubscribeEntry From(ReadOnlySpan<byte> filter, byte options) => new()
    {
        Filter = filter,
        MaximumQos = (QualityOfService)(options & 0b11),
        NoLocal = (options & 0x04) != 0,
        RetainAsPublished = (options & 0x08) != 0,
        RetainHandling = (RetainHandling)((options >> 4) & 0b11),
    };

    internal static byte OptionsOf(Subscription subscription, MqttVersion version) => (byte)(
        (int)subscription.MaximumQos
        | (version != MqttVersion.Mqtt5 ? 0
            : (subscription.NoLocal ? 0x04 : 0) | (subscription.RetainAsPublished ? 0x08 : 0) | ((int)subscription.RetainHandling << 4)));
}
