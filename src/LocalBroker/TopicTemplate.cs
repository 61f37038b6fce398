using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Edge.LocalBroker.Access;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>
/// A topic or filter with places for what is known of a client, as EMQX writes them: <c>${clientid}</c> or <c>%c</c>, <c>${username}</c> or
/// <c>%u</c>, <c>${host}</c>, <c>${cert_common_name}</c>; and <c>$1</c>, <c>$2</c> … for what a regular expression found.
/// </summary>
public sealed class TopicTemplate
{
    private readonly string _text;
    private readonly List<Part> _parts;

    private TopicTemplate(string text, List<Part> parts, bool isLiteral = false) => (_text, _parts, IsLiteral) = (text, parts, isLiteral);

    private enum Kind : byte
    {
        Text,
        ClientId,
        UserName,
        Host,
        CertificateName,
        Group,
    }

    /// <summary>Highest group of a regular expression that it asks for; 0 when it asks for none.</summary>
    public int HighestGroup => _parts.Count == 0 ? 0 : _parts.Max(part => part.Kind == Kind.Group ? part.Group : 0);

    /// <summary>The text with an <c>x</c> in every place.</summary>
    public string Example => string.Concat(_parts.Select(part => part.Kind == Kind.Text ? part.Text : "x"));

    /// <summary>Whether wildcards in it stand for themselves: a rule is then about a subscription that is written just so.</summary>
    internal bool IsLiteral { get; }

    /// <summary>A topic or filter in which everything stands for itself, as EMQX writes <c>eq a/+</c>.</summary>
    public static TopicTemplate ToTheLetter(string text) => new($"eq {text}", [new Part(Kind.Text, text, 0)], isLiteral: true);

    /// <summary>Takes a template apart; false when it holds a <c>${…}</c> that is not known or does not end.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TopicTemplate? template)
    {
        template = null;
        var parts = new List<Part>();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = Math.Max(1, rest[1..].IndexOfAny('$', '%') is >= 0 and var next ? next + 1 : rest.Length);
            if (rest is ['$', >= '0' and <= '9', ..])
            {
                var digits = rest[1..].IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : rest.Length - 1;
                if (!int.TryParse(rest.Slice(1, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var group))
                {
                    return false;
                }

                parts.Add(new Part(Kind.Group, "", group));
                length = 1 + digits;
            }
            else if (TryReadPlace(rest, out var kind, out var placeLength))
            {
                parts.Add(new Part(kind, "", 0));
                length = placeLength;
            }
            else if (rest.StartsWith("${"))
            {
                return false;
            }
            else
            {
                parts.Add(new Part(Kind.Text, rest[..length].ToString(), 0));
            }

            rest = rest[length..];
        }

        template = new TopicTemplate(text, parts);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <summary>Fills the places in; false when a value is missing, or is a client's own and holds a wildcard.</summary>
    internal bool TryFill(ClientIdentity client, Match? match, [NotNullWhen(true)] out string? filled)
    {
        filled = null;
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            var value = part.ValueFor(client, match);
            if (part.IsOfClient && (string.IsNullOrEmpty(value) || value.AsSpan().ContainsAny('+', '#')))
            {
                return false;
            }

            text.Append(value);
        }

        filled = text.ToString();
        return true;
    }

    /// <summary>
    /// The filter that is meant for a client in a rule of access. False when there is none: a value is missing, or would be more than a part
    /// of one level, or would make the topic one of the gateway's.
    /// </summary>
    internal bool TryFill(ClientIdentity client, out TopicFilter filter)
    {
        filter = default;
        foreach (var (index, part) in _parts.Index())
        {
            var value = part.ValueFor(client, null);
            if (part.IsOfClient && (value.AsSpan().Contains('/') || (index == 0 && value is ['$', ..])))
            {
                return false;
            }
        }

        return TryFill(client, null, out var text) && TopicFilter.TryParse(text, out filter);
    }

    private static bool TryReadPlace(ReadOnlySpan<char> text, out Kind kind, out int length)
    {
        (kind, length) = text switch
        {
            _ when text.StartsWith("${clientid}") => (Kind.ClientId, "${clientid}".Length),
            _ when text.StartsWith("${username}") => (Kind.UserName, "${username}".Length),
            _ when text.StartsWith("${host}") => (Kind.Host, "${host}".Length),
            _ when text.StartsWith("${cert_common_name}") => (Kind.CertificateName, "${cert_common_name}".Length),
            _ when text.StartsWith("%c") => (Kind.ClientId, 2),
            _ when text.StartsWith("%u") => (Kind.UserName, 2),
            _ => (Kind.Text, 0),
        };
        return length > 0;
    }

    private readonly record struct Part(Kind Kind, string Text, int Group)
    {
        /// <summary>Whether a client chose it, or may have.</summary>
        public bool IsOfClient => Kind is not (Kind.Text or Kind.Group);

        public string? ValueFor(ClientIdentity client, Match? match) => Kind switch
        {
            Kind.Text => Text,
            Kind.Group => match?.Groups[Group].Value,
            Kind.ClientId => client.ClientId,
            Kind.UserName => client.UserName,
            Kind.Host => client.Address?.ToString(),
            _ => client.CertificateName,
        };
    }
}
