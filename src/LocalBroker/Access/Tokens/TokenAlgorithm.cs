namespace Edge.LocalBroker.Access.Tokens;

/// <summary>How a token is signed (RFC 7518 §3.1). The kind of the key decides it, never the token.</summary>
public enum TokenAlgorithm
{
    /// <summary>HMAC with SHA-256.</summary>
    HS256 = 0,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    RS256,

    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    ES256,
}
