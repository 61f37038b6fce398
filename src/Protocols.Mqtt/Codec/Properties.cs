using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>The properties of one packet: a view that is enumerated lazily, in the order sent (MQTT 5.0 §2.2.2).</summary>
/// <remarks>
/// <code>
/// Property Length | (Identifier | value)*
///      1..4       |      1      | as the table says   octets
/// </code>
/// What a codec hands out was checked against the table: each property belongs in its packet, has a value it may have, and stands
/// there once, unless it may repeat. To write properties, fill a <see cref="PropertyWriter"/>.
/// </remarks>
public readonly ref struct Properties
{
    private readonly ReadOnlySpan<byte> _octets;

    internal Properties(ReadOnlySpan<byte> octets) => _octets = octets;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _octets.IsEmpty;

    /// <summary>Octets with the Property Length.</summary>
    internal int Size => VariableByteInteger.SizeOf(_octets.Length) + _octets.Length;

    /// <summary>Value of a property that is a number; null when it is absent.</summary>
    public uint? Number(PropertyId id) => TryFind(id, out var property) ? property.Number : null;

    /// <summary>Value of a property that is a text or octets; false when it is absent.</summary>
    public bool TryGet(PropertyId id, out ReadOnlySpan<byte> octets)
    {
        var found = TryFind(id, out var property);
        octets = property.Octets;
        return found;
    }

    /// <summary>Goes through all of them.</summary>
    public Enumerator GetEnumerator() => new(_octets);

    /// <summary>Those that travel with a message, as owned values; null when there is none of them.</summary>
    public MessageProperties? ToMessageProperties()
    {
        bool? payloadIsText = null;
        string? contentType = null;
        string? responseTopic = null;
        ReadOnlyMemory<byte>? correlationData = null;
        List<KeyValuePair<string, string>>? userProperties = null;
        foreach (var property in this)
        {
            switch (property.Id)
            {
                case PropertyId.PayloadFormatIndicator:
                    payloadIsText = property.Number == 1;
                    break;
                case PropertyId.ContentType:
                    contentType = Encoding.UTF8.GetString(property.Octets);
                    break;
                case PropertyId.ResponseTopic:
                    responseTopic = Encoding.UTF8.GetString(property.Octets);
                    break;
                case PropertyId.CorrelationData:
                    correlationData = property.Octets.ToArray();
                    break;
                case PropertyId.UserProperty:
                    userProperties ??= [];
                    userProperties.Add(new(Encoding.UTF8.GetString(property.Octets), Encoding.UTF8.GetString(property.UserValue)));
                    break;
            }
        }

        var any = payloadIsText is not null || contentType is not null || responseTopic is not null
            || correlationData is not null || userProperties is not null;
        return !any ? null : new MessageProperties
        {
            PayloadIsText = payloadIsText,
            ContentType = contentType,
            ResponseTopic = responseTopic,
            CorrelationData = correlationData,
            UserProperties = userProperties ?? [],
        };
    }

    internal static bool TryParse(scoped ref WireReader body, PacketSet place, out Properties properties, out ParseError error)
    {
        properties = default;
        if (!VariableByteInteger.TryRead(ref body, out var length) && !body.IsTruncated)
        {
            error = ParseError.LengthMismatch;
            return false;
        }

        properties = new Properties(body.ReadBytes(length));
        error = body.IsTruncated ? ParseError.Truncated : properties.Check(place);
        return error == ParseError.None;
    }

    internal void Write(scoped ref WireWriter writer)
    {
        VariableByteInteger.Write(ref writer, _octets.Length);
        writer.WriteBytes(_octets);
    }

    private ParseError Check(PacketSet place)
    {
        var seen = 0UL;
        var reader = new WireReader(_octets);
        while (reader.Remaining > 0)
        {
            if (!MqttProperty.TryRead(ref reader, out var property, out var rule, out var error))
            {
                return error;
            }

            var bit = 1UL << (int)property.Id;
            if ((rule.Places & place) == 0 || ((seen & bit) != 0 && (rule.Repeats & place) == 0))
            {
                return ParseError.InvalidProperty;
            }

            if (!property.IsWellFormed(rule.Kind))
            {
                return rule.Kind == PropertyKind.Topic && Utf8Text.IsValid(property.Octets) ? ParseError.InvalidProperty : ParseError.InvalidText;
            }

            seen |= bit;
        }

        return ParseError.None;
    }

    private bool TryFind(PropertyId id, out MqttProperty found)
    {
        foreach (var property in this)
        {
            if (property.Id == id)
            {
                found = property;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>Goes through the properties of a packet.</summary>
    public ref struct Enumerator
    {
        private WireReader _rest;
        private MqttProperty _current;

        internal Enumerator(ReadOnlySpan<byte> octets) => _rest = new WireReader(octets);

        /// <summary>The property at hand.</summary>
        public readonly MqttProperty Current => _current;

        /// <summary>Goes on to the next; false when there is none.</summary>
        public bool MoveNext() => _rest.Remaining > 0 && MqttProperty.TryRead(ref _rest, out _current, out _, out _);
    }
}
