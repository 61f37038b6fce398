namespace Edge.LocalBroker.Access;

/// <summary>How a client proved who its user is.</summary>
internal enum IdentityProof
{
    /// <summary>Not at all: it is anonymous.</summary>
    None = 0,

    /// <summary>By the password of a user in the users file; it holds as long as the user is there.</summary>
    Password,

    /// <summary>By a certificate.</summary>
    Certificate,

    /// <summary>By a token.</summary>
    Token,

    /// <summary>By a pre-shared key.</summary>
    PreSharedKey,
}
