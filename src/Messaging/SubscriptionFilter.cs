namespace Edge.Messaging;

/// <summary>
/// A subscription's Topic Filter taken apart: <c>$share/{group}/{filter}</c> and <c>$queue/{filter}</c> (one member of a group gets each
/// message, MQTT 5.0 §4.8.2), <c>$exclusive/{filter}</c> (one client at a time), or the filter alone.
/// </summary>
public readonly record struct SubscriptionFilter
{
    private const string QueueGroup = "$queue";
    private const string Share = "$share/";
    private const string Queue = QueueGroup + "/";
    private const string Exclusive = "$exclusive/";

    /// <summary>The filter that topics are held against, that rules judge and that is rewritten.</summary>
    public TopicFilter Filter { get; private init; }

    /// <summary>Name of the group of a shared subscription, <c>$queue</c> for <c>$queue/</c>; null for one that is not shared.</summary>
    public string? Group { get; private init; }

    /// <summary>Whether no other client may have the same filter exclusively.</summary>
    public bool IsExclusive { get; private init; }

    /// <summary>
    /// Takes apart what a client asked for. False when the group has no name or one with a wildcard, when nothing follows it, or when another
    /// prefix does ([MQTT-4.8.2-1], [MQTT-4.8.2-2]).
    /// </summary>
    public static bool TryParse(TopicFilter asked, out SubscriptionFilter parsed)
    {
        var text = asked.ToString();
        if (text.StartsWith(Share, StringComparison.Ordinal))
        {
            var end = text.IndexOf('/', Share.Length);
            var group = end < 0 ? "" : text[Share.Length..end];
            parsed = default;
            return group.Length > 0 && group.AsSpan().IndexOfAny('+', '#') < 0 && TryParse(text[(end + 1)..], group, false, out parsed);
        }

        return text.StartsWith(Queue, StringComparison.Ordinal) ? TryParse(text[Queue.Length..], QueueGroup, false, out parsed)
            : text.StartsWith(Exclusive, StringComparison.Ordinal) ? TryParse(text[Exclusive.Length..], null, true, out parsed)
            : TryParse(text, null, false, out parsed);
    }

    /// <summary>The same subscription to another filter, as a client would write it.</summary>
    public TopicFilter With(TopicFilter filter)
    {
        var prefix = IsExclusive ? Exclusive : Group is null ? "" : Group == QueueGroup ? Queue : $"{Share}{Group}/";
        return TopicFilter.TryParse($"{prefix}{filter}", out var whole) ? whole : filter;
    }

    private static bool TryParse(string text, string? group, bool isExclusive, out SubscriptionFilter parsed)
    {
        var isNested = (group is not null || isExclusive) && HasPrefix(text);
        var isValid = TopicFilter.TryParse(text, out var filter) && !isNested;
        parsed = isValid ? new SubscriptionFilter { Filter = filter, Group = group, IsExclusive = isExclusive } : default;
        return isValid;
    }

    private static bool HasPrefix(string text) =>
        text.StartsWith(Share, StringComparison.Ordinal)
        || text.StartsWith(Queue, StringComparison.Ordinal)
        || text.StartsWith(Exclusive, StringComparison.Ordinal);
}
