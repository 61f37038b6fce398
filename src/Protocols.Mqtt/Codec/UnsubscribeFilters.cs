using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>The Topic Filters of an UNSUBSCRIBE: a view, enumerated lazily in the order sent.</summary>
public readonly ref struct UnsubscribeFilters
{
    internal UnsubscribeFilters(ReadOnlySpan<byte> octets) => Octets = octets;

    internal ReadOnlySpan<byte> Octets { get; }

    /// <summary>Filters to be written.</summary>
    public static UnsubscribeFilters From(IReadOnlyList<TopicFilter> filters)
    {
        var size = 0;
        foreach (var filter in filters)
        {
            size += 2 + Encoding.UTF8.GetByteCount(filter.ToString());
        }

        var octets = new byte[size];
        var writer = new WireWriter(octets);
        foreach (var filter in filters)
        {
            writer.WritePrefixed(filter.ToString());
        }

        return new UnsubscribeFilters(octets);
    }

    /// <summary>Goes through all of them.</summary>
    public Enumerator GetEnumerator() => new(Octets);

    internal ParseError Check()
    {
        var reader = new WireReader(Octets);
        if (reader.Remaining == 0)
        {
            return ParseError.InvalidValue;
        }

        while (reader.Remaining > 0)
        {
            var filter = reader.ReadPrefixed();
            var error = reader.IsTruncated ? ParseError.Truncated
                      : !Utf8Text.IsValid(filter) ? ParseError.InvalidText
                      : filter.IsEmpty ? ParseError.InvalidTopic
                      : ParseError.None;
            if (error != ParseError.None)
            {
                return error;
            }
        }

        return ParseError.None;
    }

    /// <summary>Goes through the filters of an UNSUBSCRIBE.</summary>
    public ref struct Enumerator
    {
        private WireReader _rest;
        private ReadOnlySpan<byte> _current;

        internal Enumerator(ReadOnlySpan<byte> octets) => _rest = new WireReader(octets);

        /// <summary>The filter at hand, in UTF-8.</summary>
        public readonly ReadOnlySpan<byte> Current => _current;

        /// <summary>Goes on to the next; false when there is none.</summary>
        public bool MoveNext()
        {
            var more = _rest.Remaining > 0;
            _current = more ? _rest.ReadPrefixed() : default;
            return more;
        }
    }
}
