namespace Edge.LocalBroker.Access;

/// <summary>What of a client's certificate is the name of its user.</summary>
public enum CertificateIdentity
{
    /// <summary>Nothing: users are those that give a password.</summary>
    None = 0,

    /// <summary>The Common Name of its subject.</summary>
    CommonName,

    /// <summary>Its subject's distinguished name, whole.</summary>
    DistinguishedName,

    /// <summary>The first Subject Alternative Name that is a DNS name, an address, an e-mail address or a URI.</summary>
    AlternativeName,
}
