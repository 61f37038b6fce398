using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>One rule of the access list.</summary>
public sealed record AccessRule : ClientRule
{
    private const int AnyQos = 0b111;

    /// <summary>Whether what it is about is allowed; else it is denied.</summary>
    public bool Allow { get; init; }

    /// <summary>What it is about.</summary>
    public TopicActions Actions { get; init; } = TopicActions.All;

    /// <summary>True for anonymous clients only, false for users only, null for both.</summary>
    public bool? Anonymous { get; init; }

    /// <summary>A bit for each QoS it is about, of the message or of the subscription.</summary>
    public int QosMask { get; init; } = AnyQos;

    /// <summary>True for messages that are to be retained, false for others, null for both. Of a subscription it says nothing.</summary>
    public bool? Retain { get; init; }

    /// <summary>Topic Filters, of which one must match, with the client's names filled in. Empty for every topic.</summary>
    public IReadOnlyList<TopicTemplate> Topics { get; init; } = [];

    /// <inheritdoc/>
    internal override bool IsAbout(ClientIdentity client) => base.IsAbout(client) && (Anonymous is null || Anonymous == client.UserName is null);

    /// <summary>Whether it is about an action at a QoS.</summary>
    internal bool IsAbout(TopicActions action, QualityOfService qos) => (Actions & action) != 0 && (QosMask & (1 << (int)qos)) != 0;
}
