using System.Diagnostics.CodeAnalysis;
using System.Text;
using Edge.Messaging.Wire;

namespace Edge.Messaging;

/// <summary>A Topic Filter: what a subscription asks for, wildcards <c>+</c> and <c>#</c> included (MQTT 5.0 §4.7).</summary>
public readonly record struct TopicFilter
{
    private readonly string? _value;

    private TopicFilter(string value) => _value = value;

    /// <summary>True when the filter holds <c>+</c> or <c>#</c>.</summary>
    public bool HasWildcard => _value.AsSpan().IndexOfAny('+', '#') >= 0;

    /// <summary>Takes a text that may be a Topic Filter; false when a wildcard does not fill its level or <c>#</c> is not last ([MQTT-4.7.1-1], [MQTT-4.7.1-2]).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TopicFilter filter)
    {
        var valid = text is { Length: > 0 }
            && Utf8Text.IsValid(text)
            && (text.Length <= TopicName.MaxOctets / 3 || Encoding.UTF8.GetByteCount(text) <= TopicName.MaxOctets)
            && WildcardsFillTheirLevel(text);
        filter = valid ? new TopicFilter(text!) : default;
        return valid;
    }

    /// <summary>Takes octets from a wire; false also when they are no well-formed UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TopicFilter filter)
    {
        filter = default;
        return utf8.Length is > 0 and <= TopicName.MaxOctets && Utf8Text.TryDecode(utf8, out var text) && TryParse(text, out filter);
    }

    /// <summary>Whether a message published to <paramref name="topic"/> belongs to this filter.</summary>
    public bool Matches(TopicName topic) => MatchesLiterally(topic.ToString());

    /// <summary>Whether a text belongs to this filter when it is read as a name: wildcards in the text are letters like others.</summary>
    public bool MatchesLiterally(ReadOnlySpan<char> name)
    {
        var filter = _value.AsSpan();
        if (IsAboutOthers(filter, name))
        {
            return false;
        }

        while (true)
        {
            var filterLevel = TakeLevel(ref filter, out var filterEnds);
            if (filterLevel is "#")
            {
                return true;
            }

            var nameLevel = TakeLevel(ref name, out var nameEnds);
            if (filterLevel is not "+" && !filterLevel.SequenceEqual(nameLevel))
            {
                return false;
            }

            if (nameEnds)
            {
                return filterEnds || filter is "#";
            }

            if (filterEnds)
            {
                return false;
            }
        }
    }

    /// <summary>Whether there is a Topic Name that both filters match.</summary>
    public bool Overlaps(TopicFilter other)
    {
        var left = _value.AsSpan();
        var right = other._value.AsSpan();
        if (IsAboutOthers(left, right) || IsAboutOthers(right, left))
        {
            return false;
        }

        while (true)
        {
            var leftLevel = TakeLevel(ref left, out var leftEnds);
            var rightLevel = TakeLevel(ref right, out var rightEnds);
            if (leftLevel is "#" || rightLevel is "#")
            {
                return true;
            }

            if (leftLevel is not "+" && rightLevel is not "+" && !leftLevel.SequenceEqual(rightLevel))
            {
                return false;
            }

            if (leftEnds || rightEnds)
            {
                // "a/#" matches "a" too.
                return (leftEnds && rightEnds) || (leftEnds ? right : left) is "#";
            }
        }
    }

    /// <summary>Whether this filter matches every Topic Name that another matches.</summary>
    public bool Covers(TopicFilter narrower)
    {
        var outer = _value.AsSpan();
        var inner = narrower._value.AsSpan();
        if (IsAboutOthers(outer, inner))
        {
            return false;
        }

        while (true)
        {
            var outerLevel = TakeLevel(ref outer, out var outerEnds);
            if (outerLevel is "#")
            {
                return true;
            }

            var innerLevel = TakeLevel(ref inner, out var innerEnds);
            if (innerLevel is "#" || (outerLevel is not "+" && !outerLevel.SequenceEqual(innerLevel)))
            {
                return false;
            }

            if (innerEnds)
            {
                return outerEnds || outer is "#";
            }

            if (outerEnds)
            {
                return false;
            }
        }
    }

    /// <summary>The filter as text; empty for the default value, which matches nothing.</summary>
    public override string ToString() => _value ?? string.Empty;

    /// <summary>Whether one begins with a wildcard, which matches no topic that begins with <c>$</c>, and the other with <c>$</c> ([MQTT-4.7.2-1]).</summary>
    private static bool IsAboutOthers(ReadOnlySpan<char> wildcard, ReadOnlySpan<char> reserved) => wildcard is ['+' or '#', ..] && reserved is ['$', ..];

    private static bool WildcardsFillTheirLevel(ReadOnlySpan<char> rest)
    {
        for (var ends = false; !ends;)
        {
            var level = TakeLevel(ref rest, out ends);
            if (level.IndexOfAny('+', '#') >= 0 && (level.Length > 1 || (level is "#" && !ends)))
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<char> TakeLevel(ref ReadOnlySpan<char> rest, out bool ends)
    {
        var separator = rest.IndexOf('/');
        ends = separator < 0;
        var level = ends ? rest : rest[..separator];
        rest = ends ? default : rest[(separator + 1)..];
        return level;
    }
}
