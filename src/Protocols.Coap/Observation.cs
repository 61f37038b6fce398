using Edge.Messaging;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap;

/// <summary>What an end point observes: one Topic Filter, on whose behalf there is a subscription (RFC 7641 §4.1).</summary>
/// <param name="identifier">Subscription Identifier, by which deliveries are known.</param>
/// <param name="filter">The filter.</param>
/// <param name="qos">QoS of the subscription.</param>
/// <param name="isEveryMessageWanted">Whether a QoS was asked for: then every message is notified; else, when the way is congested, the latest wins.</param>
internal sealed class Observation(uint identifier, TopicFilter filter, QualityOfService qos, bool isEveryMessageWanted)
{
    public uint Identifier { get; } = identifier;

    public TopicFilter Filter { get; } = filter;

    public QualityOfService Qos { get; } = qos;

    /// <summary>Token of the request that asked for it last.</summary>
    public required byte[] Token { get; set; }

    /// <summary>Whether it may be of many topics, so that each notification has to name its own.</summary>
    public bool IsOfMany { get; } = filter.ToString().AsSpan().ContainsAny('+', '#');

    /// <summary>Whether what is retained is not wanted.</summary>
    public bool IsWithoutRetained { get; init; }

    /// <summary>Whether a later message makes an earlier one needless that could not be told yet (RFC 7641 §4.5.2).</summary>
    public bool LatestWins => !IsOfMany && !isEveryMessageWanted;

    /// <summary>Token that it was asked for by before; null when it was asked for once. Ending that does not end what it became.</summary>
    public byte[]? FormerToken { get; set; }

    /// <summary>Whether the next notification is to be acknowledged, whatever its QoS: the end point may be gone (RFC 7641 §4.5).</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>Block that was asked for, which says how large those of notifications are; null for whatever is largest (RFC 7959 §2.6).</summary>
    public Block? Wanted { get; set; }
}
