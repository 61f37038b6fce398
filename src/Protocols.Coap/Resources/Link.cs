using System.Text;

namespace Edge.Protocols.Coap.Resources;

/// <summary>One link of <c>/.well-known/core</c> (RFC 6690 §2).</summary>
/// <param name="target">Path of the resource, such as <c>/ps</c>.</param>
/// <param name="attributes">What is said of it. A name may be there more than once; a value of null stands for an attribute without one, such as <c>obs</c>.</param>
internal sealed class Link(string target, params IReadOnlyList<(string Name, string? Value)> attributes)
{
    /// <summary>Attributes whose values are lists, each part of which can be asked for (§4.1).</summary>
    private static readonly string[] Lists = ["rt", "if", "rel", "ct"];

    /// <summary>Writes links as <c>application/link-format</c>.</summary>
    public static string Format(IEnumerable<Link> links) => string.Join(',', links);

    /// <summary>Whether the link is among those that a query asks for, such as <c>rt=core.ps*</c> (§4.1). No query asks for all.</summary>
    public bool Matches(IReadOnlyList<string> query) => query.All(Matches);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder().Append('<').Append(target).Append('>');
        foreach (var (name, value) in attributes)
        {
            text.Append(';').Append(name);
            if (value is not null)
            {
                text.Append("=\"").Append(value).Append('"');
            }
        }

        return text.ToString();
    }

    private bool Matches(string argument)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
        {
            return attributes.Any(attribute => attribute.Name == argument);
        }

        var (name, wanted) = (argument[..at], argument[(at + 1)..].Trim('"'));
        var isPrefix = wanted.EndsWith('*');
        wanted = isPrefix ? wanted[..^1] : wanted;
        return ValuesOf(name).Any(value => isPrefix ? value.StartsWith(wanted, StringComparison.Ordinal) : value == wanted);
    }

    private IEnumerable<string> ValuesOf(string name) => name == "href"
        ? [target]
        : attributes.Where(attribute => attribute.Name == name).SelectMany(attribute => Lists.Contains(name) ? attribute.Value?.Split(' ') ?? [] : [attribute.Value ?? ""]);
}
