namespace Edge.LocalBroker.Routing;

/// <summary>Which member of a shared subscription's group gets a message. Members that are connected come before those that are not.</summary>
public enum ShareStrategy
{
    /// <summary>Each publisher goes round the members, beginning with any of them.</summary>
    RoundRobin = 0,

    /// <summary>All publishers together go round the members.</summary>
    RoundRobinPerGroup,

    /// <summary>Any member, each time anew.</summary>
    Random,

    /// <summary>Each publisher stays with one member, any of them, until that one is gone.</summary>
    Sticky,

    /// <summary>A member of this broker; there is no other, so this is <see cref="Random"/>.</summary>
    Local,

    /// <summary>The same member for the same publisher's ClientId, as long as the members stay.</summary>
    HashClientId,

    /// <summary>The same member for the same topic, as long as the members stay.</summary>
    HashTopic,
}
