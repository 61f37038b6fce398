using Edge.Gateway.Configuration;

namespace Edge.Gateway.Fronts;

/// <summary>How fast one client may publish: by rates of its own, and by those that it shares with the other clients of its listener.</summary>
internal sealed class Pace
{
    private readonly TokenBucket?[] _messages;
    private readonly TokenBucket?[] _octets;

    private Pace(TokenBucket?[] messages, TokenBucket?[] octets) => (_messages, _octets) = (messages, octets);

    /// <summary>The pace of a new client; null where there is no limit at all.</summary>
    /// <param name="own">Rates for this client.</param>
    /// <param name="sharedMessages">Messages of all clients.</param>
    /// <param name="sharedOctets">Octets of all clients.</param>
    /// <param name="clock">Whose time stamps are used.</param>
    public static Pace? For(PublishRates own, TokenBucket? sharedMessages, TokenBucket? sharedOctets, TimeProvider clock) =>
        own.Messages.IsLimited || own.Octets.IsLimited || sharedMessages is not null || sharedOctets is not null
            ? new Pace([TokenBucket.For(own.Messages, clock), sharedMessages], [TokenBucket.For(own.Octets, clock), sharedOctets])
            : null;

    /// <summary>Takes note of a message.</summary>
    /// <returns>From when on the next may come; in the past when it may at once.</returns>
    public long Take(int octets, long now) => Math.Max(Take(_messages, 1, now), Take(_octets, octets, now));

    /// <summary>Whether the next message comes too early.</summary>
    public bool IsSpent(long now) => IsSpent(_messages, now) || IsSpent(_octets, now);

    private static bool IsSpent(TokenBucket?[] buckets, long now)
    {
        foreach (var bucket in buckets)
        {
            if (bucket?.IsInDebt(now) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static long Take(TokenBucket?[] buckets, int tokens, long now)
    {
        var goOnAt = long.MinValue;
        foreach (var bucket in buckets)
        {
            goOnAt = Math.Max(goOnAt, bucket?.Take(tokens, now) ?? long.MinValue);
        }

        return goOnAt;
    }
}
