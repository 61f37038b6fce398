namespace Edge.Messaging;

/// <summary>Who a client is by its certificate, which the front has already found valid and signed by an authority that it trusts.</summary>
public sealed record ClientCertificate
{
    /// <summary>Subject's distinguished name as RFC 4514 writes it, the last part first, such as <c>CN=press-7,OU=hall 2,O=Example</c>.</summary>
    public required string DistinguishedName { get; init; }

    /// <summary>Subject's common name, such as <c>press-7</c>; null when it has none.</summary>
    public string? CommonName { get; init; }

    /// <summary>Subject Alternative Names of the kinds DNS, IP, e-mail and URI, as plain text in the certificate's order; may be empty.</summary>
    public IReadOnlyList<string> AlternativeNames { get; init; } = [];
}
