using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>The Topic Filters of a SUBSCRIBE with their options: a view, enumerated lazily in the order sent.</summary>
public readonly ref struct SubscribeEntries
{
    internal SubscribeEntries(ReadOnlySpan<byte> octets) => Octets = octets;

    internal ReadOnlySpan<byte> Octets { get; }

    /// <summary>Entries to be written: what a client wants to subscribe to. Subscription Identifiers are a property of the packet.</summary>
    public static SubscribeEntries From(IReadOnlyList<Subscription> subscriptions, MqttVersion version)
    {
        var size = 0;
        foreach (var subscription in subscriptions)
        {
            size += 3 + Encoding.UTF8.GetByteCount(subscription.Filter.ToString());
        }

        var octets = new byte[size];
        var writer = new WireWriter(octets);
        foreach (var subscription in subscriptions)
        {
            writer.WritePrefixed(subscription.Filter.ToString());
            writer.WriteByte(SubscribeEntry.OptionsOf(subscription, version));
        }

        return new SubscribeEntries(octets);
    }

    /// <summary>Goes through all of them.</summary>
    public Enumerator GetEnumerator() => new(Octets);

    internal ParseError Check(MqttVersion version)
    {
        var reader = new WireReader(Octets);
        if (reader.Remaining == 0)
        {
            return ParseError.InvalidValue;
        }

        var reserved = version == MqttVersion.Mqtt5 ? 0xC0 : 0xFC;
        while (reader.Remaining > 0)
        {
            var filter = reader.ReadPrefixed();
            var options = reader.ReadByte();
            var error = reader.IsTruncated ? ParseError.Truncated
                      : !Utf8Text.IsValid(filter) ? ParseError.InvalidText
                      : filter.IsEmpty ? ParseError.InvalidTopic
                      : (options & reserved) != 0 || (options & 0b11) == 0b11 ? ParseError.ReservedValue
                      : (options & 0x30) == 0x30 ? ParseError.InvalidValue
                      : ParseError.None;
            if (error != ParseError.None)
            {
                return error;
            }
        }

        return ParseError.None;
    }

    /// <summary>Goes through the entries of a SUBSCRIBE.</summary>
    public ref struct Enumerator
    {
        private WireReader _rest;
        private SubscribeEntry _current;

        internal Enumerator(ReadOnlySpan<byte> octets) => _rest = new WireReader(octets);

        /// <summary>The entry at hand.</summary>
        public readonly SubscribeEntry Current => _current;

        /// <summary>Goes on to the next; false when there is none.</summary>
        public bool MoveNext()
        {
            var more = _rest.Remaining > 0;
            _current = more ? SubscribeEntry.From(_rest.ReadPrefixed(), _rest.ReadByte()) : default;
            return more;
        }
    }
}
