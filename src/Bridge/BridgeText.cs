namespace Edge.Bridge;

/// <summary>How a bridge's upstream is called in logs and names.</summary>
internal static class BridgeText
{
    /// <summary>Scheme, host and port; never what else a URI may hold, which could be a secret.</summary>
    public static string Of(Uri address) => $"{address.Scheme}://{address.Host}:{address.Port}";
}
