namespace Edge.LocalBroker.Access;

/// <summary>What a rule is about.</summary>
[Flags]
public enum AccessActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Publishing, Wills included.</summary>
    Publish = 1,

    /// <summary>Subscribing, and getting what was subscribed to.</summary>
    Subscribe = 2,

    /// <summary>Both.</summary>
    All = Publish | Subscribe,
}
