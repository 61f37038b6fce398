namespace Edge.Gateway.Configuration;

/// <summary>Who may connect without saying who it is. Key <c>auth.allow_anonymous</c>.</summary>
internal enum AnonymousAccess
{
    /// <summary>Clients on this machine.</summary>
    Loopback = 0,

    /// <summary>Anyone who can reach a listener.</summary>
    Everyone,

    /// <summary>Nobody.</summary>
    Nobody,
}
