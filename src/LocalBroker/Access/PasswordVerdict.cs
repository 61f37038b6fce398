namespace Edge.LocalBroker.Access;

/// <summary>What came of a user name and a password.</summary>
internal enum PasswordVerdict
{
    /// <summary>One of them is wrong.</summary>
    Wrong = 0,

    /// <summary>They are right.</summary>
    Right,

    /// <summary>Too many wait already.</summary>
    Busy,
}
