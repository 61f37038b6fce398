namespace Edge.Gateway.Configuration;

/// <summary>A certificate for clients that ask for one of its names (SNI, RFC 6066 §3); its files are PEM, with absolute paths.</summary>
/// <param name="ServerNames">Host names in lower case; <c>*</c> may stand for the first label. Empty only while a configuration is read.</param>
/// <param name="Certificate">The certificate, behind it the intermediate ones that are sent along; null only while a configuration is read.</param>
/// <param name="Key">Private key of <paramref name="Certificate"/>; likewise.</param>
internal sealed record NamedCertificate(IReadOnlyList<string> ServerNames, string? Certificate = null, string? Key = null)
{
    /// <summary>Its files, as those of a listener. Who signs the clients' certificates is the same for all names.</summary>
    public TlsSettings Files => new(Certificate, Key);

    /// <summary>The name that stands for a host name and its neighbours: <c>*.example.org</c> for <c>a.example.org</c>.</summary>
    public static string WildcardOf(string serverName) => serverName.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? $"*{serverName[dot..]}" : serverName;
}
