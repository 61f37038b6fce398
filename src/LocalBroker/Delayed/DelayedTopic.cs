using System.Globalization;
using Edge.Messaging;

namespace Edge.LocalBroker.Delayed;

/// <summary><c>$delayed/{when}/{topic}</c>, as EMQX defines it: publish to the topic later.</summary>
/// <remarks>
/// Below 4,294,967 <c>when</c> is a number of seconds from now, from there on a Unix time in seconds, which may lie as far ahead as that
/// and no farther.
/// </remarks>
public static class DelayedTopic
{
    private const string Prefix = "$delayed/";
    private const long LongestDelay = 4_294_967;

    /// <summary>Whether a topic asks for a delay, rightly or not.</summary>
    public static bool IsDelayed(TopicName topic) => topic.ToString().StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Takes a delayed topic apart; false when it says no such time or no topic, or the topic is delayed again.</summary>
    public static bool TryParse(TopicName delayed, DateTimeOffset now, out TopicName topic, out DateTimeOffset due)
    {
        (topic, due) = (default, default);
        var text = delayed.ToString();
        var end = text.IndexOf('/', Prefix.Length);
        return end > 0
            && long.TryParse(text.AsSpan()[Prefix.Length..end], NumberStyles.None, CultureInfo.InvariantCulture, out var when)
            && TryAdd(now, when, out due)
            && TopicName.TryParse(text[(end + 1)..], out topic)
            && !IsDelayed(topic);
    }

    private static bool TryAdd(DateTimeOffset now, long when, out DateTimeOffset due)
    {
        var isDelay = when < LongestDelay;
        var isTime = !isDelay && when - now.ToUnixTimeSeconds() <= LongestDelay;
        due = isDelay ? now + TimeSpan.FromSeconds(when) : isTime ? DateTimeOffset.FromUnixTimeSeconds(when) : default;
        return isDelay || isTime;
    }
}
