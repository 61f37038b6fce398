namespace Edge.LocalBroker.Rewriting;

/// <summary>What a <see cref="RewriteRule"/> is for.</summary>
[Flags]
public enum RewriteActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Topics of messages, Wills included.</summary>
    Publish = 1,

    /// <summary>Filters in SUBSCRIBE and UNSUBSCRIBE.</summary>
    Subscribe = 2,

    /// <summary>Both.</summary>
    All = Publish | Subscribe,
}
