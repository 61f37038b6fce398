using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>One property of a packet, as a view (MQTT 5.0 §2.2.2).</summary>
public readonly ref struct MqttProperty
{
    /// <summary>Which property it is.</summary>
    public PropertyId Id { get; init; }

    /// <summary>Value of a property that is a number; else 0.</summary>
    public uint Number { get; init; }

    /// <summary>Value of a property that is a text or octets, or the name of a User Property; else empty.</summary>
    public ReadOnlySpan<byte> Octets { get; init; }

    /// <summary>Value of a User Property; else empty.</summary>
    public ReadOnlySpan<byte> UserValue { get; init; }

    /// <summary>Reads the next property, whatever packet it stands in.</summary>
    internal static bool TryRead(scoped ref WireReader reader, out MqttProperty property, out PropertyRule rule, out ParseError error)
    {
        var id = reader.ReadByte();
        rule = PropertyTable.Find(id);
        property = rule.Kind switch
        {
            PropertyKind.Byte => new MqttProperty { Id = (PropertyId)id, Number = reader.ReadByte() },
            PropertyKind.TwoByte => new MqttProperty { Id = (PropertyId)id, Number = reader.ReadUInt16() },
            PropertyKind.FourByte => new MqttProperty { Id = (PropertyId)id, Number = reader.ReadUInt32() },
            PropertyKind.Variable => new MqttProperty { Id = (PropertyId)id, Number = VariableByteInteger.TryRead(ref reader, out var number) ? (uint)number : 0 },
            PropertyKind.TextPair => new MqttProperty { Id = (PropertyId)id, Octets = reader.ReadPrefixed(), UserValue = reader.ReadPrefixed() },
            PropertyKind.Unknown => default,
            _ => new MqttProperty { Id = (PropertyId)id, Octets = reader.ReadPrefixed() },
        };

        error = rule.Kind == PropertyKind.Unknown ? ParseError.ReservedValue
              : reader.IsTruncated ? ParseError.Truncated
              : property.Number < rule.Min || property.Number > rule.Max ? ParseError.InvalidProperty
              : ParseError.None;
        return error == ParseError.None;
    }

    /// <summary>Whether texts are texts and topics are topics.</summary>
    internal bool IsWellFormed(PropertyKind kind) => kind switch
    {
        PropertyKind.Text => Utf8Text.IsValid(Octets),
        PropertyKind.TextPair => Utf8Text.IsValid(Octets) && Utf8Text.IsValid(UserValue),
        PropertyKind.Topic => TopicText.IsName(Octets),
        _ => true,
    };
}
