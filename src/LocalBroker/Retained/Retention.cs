namespace Edge.LocalBroker.Retained;

/// <summary>Whether a message was retained, and which limit did not let it.</summary>
internal enum Retention
{
    /// <summary>It is the retained message of its topic, or cleared that.</summary>
    Kept = 0,

    /// <summary>There are as many as there may be.</summary>
    TooMany,

    /// <summary>Together they would have more octets than they may.</summary>
    TooManyOctets,

    /// <summary>It is larger than one may be, and will be the next time.</summary>
    TooLarge,
}
