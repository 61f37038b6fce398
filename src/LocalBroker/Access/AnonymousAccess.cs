namespace Edge.LocalBroker.Access;

/// <summary>Who may connect without saying who it is. Key <c>auth.allow_anonymous</c>.</summary>
public enum AnonymousAccess
{
    /// <summary>Clients on this machine, and on serial lines that are attached to it.</summary>
    Loopback = 0,

    /// <summary>Anyone who can reach a listener.</summary>
    Everyone,

    /// <summary>Nobody.</summary>
    Nobody,
}
