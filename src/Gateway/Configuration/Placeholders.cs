namespace Edge.Gateway.Configuration;

/// <summary>Templates: <c>${gateway}</c> is the gateway's name and put in here; others stay, who uses the template fills them in.</summary>
internal static class Placeholders
{
    /// <summary>The placeholder for the topic a message came with.</summary>
    public const string Topic = "${topic}";

    private const string Gateway = "${gateway}";

    /// <summary>Puts the gateway's name in; false when the text holds any other placeholder than those allowed, or one that does not end.</summary>
    /// <param name="template">The text.</param>
    /// <param name="gateway">Name of the gateway.</param>
    /// <param name="text">The text with the name in place.</param>
    /// <param name="kept">Placeholders that may stand there as well, and stay.</param>
    public static bool TryResolve(string template, string gateway, out string text, params ReadOnlySpan<string> kept)
    {
        var rest = template.Replace(Gateway, "", StringComparison.Ordinal);
        foreach (var placeholder in kept)
        {
            rest = rest.Replace(placeholder, "", StringComparison.Ordinal);
        }

        text = template.Replace(Gateway, gateway, StringComparison.Ordinal);
        return !rest.Contains("${", StringComparison.Ordinal);
    }
}
