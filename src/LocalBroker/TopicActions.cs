namespace Edge.LocalBroker;

/// <summary>What clients do with topics; what a rule is about.</summary>
[Flags]
public enum TopicActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Publishing, Wills included.</summary>
    Publish = 1,

    /// <summary>Subscribing, unsubscribing, and getting what was subscribed to.</summary>
    Subscribe = 2,

    /// <summary>Both.</summary>
    All = Publish | Subscribe,
}
