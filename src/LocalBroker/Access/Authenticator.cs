namespace Edge.LocalBroker.Access;

/// <summary>A way for a client to prove who its user is.</summary>
public enum Authenticator
{
    /// <summary>By the password itself.</summary>
    Password = 0,

    /// <summary>By a JSON Web Token that somebody trusted made.</summary>
    Jwt,

    /// <summary>By SCRAM, which does not send the password.</summary>
    Scram,
}
