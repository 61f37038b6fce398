using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>How two Topic Filters lie to each other, as sets of Topic Names.</summary>
internal static class FilterRelation
{
    /// <summary>Whether there is a Topic Name that both match.</summary>
    public static bool Overlap(TopicFilter one, TopicFilter other)
    {
        var left = one.ToString().AsSpan();
        var right = other.ToString().AsSpan();
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

    /// <summary>Whether a filter matches every Topic Name that another matches.</summary>
    public static bool Covers(TopicFilter wide, TopicFilter narrow)
    {
        var outer = wide.ToString().AsSpan();
        var inner = narrow.ToString().AsSpan();
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

    /// <summary>Whether one begins with a wildcard, which matches no topic that begins with <c>$</c>, and the other with <c>$</c> ([MQTT-4.7.2-1]).</summary>
    private static bool IsAboutOthers(ReadOnlySpan<char> wildcard, ReadOnlySpan<char> reserved) => wildcard is ['+' or '#', ..] && reserved is ['$', ..];

    private static ReadOnlySpan<char> TakeLevel(ref ReadOnlySpan<char> rest, out bool ends)
    {
        var separator = rest.IndexOf('/');
        ends = separator < 0;
        var level = ends ? rest : rest[..separator];
        rest = ends ? default : rest[(separator + 1)..];
        return level;
    }
}
