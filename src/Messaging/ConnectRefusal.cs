namespace Edge.Messaging;

/// <summary>Why the broker gave no session.</summary>
public enum ConnectRefusal
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The ClientId is too long or not permitted.</summary>
    ClientIdInvalid,

    /// <summary>User name or password is wrong.</summary>
    BadCredentials,

    /// <summary>The client may not connect.</summary>
    NotAuthorized,

    /// <summary>The client was banned, whatever it can prove.</summary>
    Banned,

    /// <summary>There is no such session to go on with.</summary>
    NoSession,

    /// <summary>A limit on connections is reached.</summary>
    QuotaExceeded,

    /// <summary>The gateway is stopping or its store does not answer.</summary>
    Unavailable,
}
