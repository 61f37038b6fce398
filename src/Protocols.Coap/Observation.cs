using Edge.Messaging;

namespace Edge.Protocols.Coap;

/// <summary>What an end point observes: one Topic Filter, on whose behalf there is a subscription (RFC 7641 §4.1).</summary>
/// <param name="identifier">Subscription Identifier, by which deliveries are known.</param>
/// <param name="filter">The filter.</param>
/// <param name="token">Token of the request.</param>
internal sealed class Observation(uint identifier, TopicFilter filter, byte[] token)
{
    public uint Identifier { get; } = identifier;

    public TopicFilter Filter { get; } = filter;

    public byte[] Token { get; } = token;

    /// <summary>Whether it may be of many topics, so that each notification has to name its own.</summary>
    public bool IsOfMany { get; } = filter.ToString().AsSpan().ContainsAny('+', '#');

    /// <summary>Message ID of the latest notification, which a Reset may be about.</summary>
    public ushort LastMessageId { get; set; }

    /// <summary>Notifications so far; their order is told by it, in 24 bits.</summary>
    public uint Sequence { get; set; }

    /// <summary>The latest message, for a client that asks for the rest of its blocks.</summary>
    public Message? Latest { get; set; }
}
