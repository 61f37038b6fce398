namespace Edge.Gateway.Configuration;

/// <summary>Templates: <c>${gateway}</c> is the gateway's name and put in here; <c>${topic}</c> stays, the bridge fills it in per message.</summary>
internal static class Placeholders
{
    /// <summary>The placeholder for the topic a message came with.</summary>
    public const string Topic = "${topic}";

    private const string Gateway = "${gateway}";

    /// <summary>Puts the gateway's name in; false when the text holds any other placeholder than those allowed, or one that does not end.</summary>
    /// <param name="template">The text.</param>
    /// <param name="gateway">Name of the gateway.</param>
    /// <param name="keepTopic">Whether <c>${topic}</c> may stand there.</param>
    /// <param name="text">The text with the name in place.</param>
    public static bool TryResolve(string template, string gateway, bool keepTopic, out string text)
    {
        var rest = template.Replace(Gateway, "", StringComparison.Ordinal);
        if (keepTopic)
        {
            rest = rest.Replace(Topic, "", StringComparison.Ordinal);
        }

        text = template.Replace(Gateway, gateway, StringComparison.Ordinal);
        return !rest.Contains("${", StringComparison.Ordinal);
    }
}
