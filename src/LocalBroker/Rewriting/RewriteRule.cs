using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Edge.Messaging;

namespace Edge.LocalBroker.Rewriting;

/// <summary>How topics of one kind become others. It is asked only when its source matches and no other rule came before it.</summary>
public sealed record RewriteRule
{
    /// <summary>Linear in the length of a topic, whatever the expression: topics are chosen by strangers.</summary>
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>What it is for.</summary>
    public required TopicActions Actions { get; init; }

    /// <summary>Which topics it is asked about. A filter that a client subscribes to is compared as if it were a topic.</summary>
    public required TopicFilter Source { get; init; }

    /// <summary>What must be found in the topic; nothing is rewritten when it is not.</summary>
    public required Regex Pattern { get; init; }

    /// <summary>What the topic becomes, whole.</summary>
    public required TopicTemplate Topic { get; init; }

    /// <summary>Reads a regular expression; false when it is none, or one with look-around or back-references.</summary>
    public static bool TryParsePattern(string text, [NotNullWhen(true)] out Regex? pattern)
    {
        try
        {
            pattern = new Regex(text, Options);
            return true;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            pattern = null;
            return false;
        }
    }
}
