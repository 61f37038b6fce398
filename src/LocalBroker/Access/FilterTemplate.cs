using System.Diagnostics.CodeAnalysis;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>A Topic Filter in which placeholders stand for what a client is called.</summary>
public static class FilterTemplate
{
    private static readonly (string Placeholder, Func<ClientIdentity, string?> Value)[] Placeholders =
    [
        ("${clientid}", client => client.ClientId),
        ("${username}", client => client.UserName),
        ("${cert_common_name}", client => client.CertificateName),
    ];

    /// <summary>Whether a text is a Topic Filter, whatever its placeholders stand for.</summary>
    public static bool IsValid(string template)
    {
        var text = Placeholders.Aggregate(template, (rest, entry) => rest.Replace(entry.Placeholder, "x", StringComparison.Ordinal));
        return !text.Contains("${", StringComparison.Ordinal) && TopicFilter.TryParse(text, out _);
    }

    /// <summary>
    /// The filter for a client. False when there is none: a placeholder has no value, or one that would be more than a part of one level or
    /// make the topic one of the gateway's.
    /// </summary>
    internal static bool TryResolve(string template, ClientIdentity client, [NotNullWhen(true)] out TopicFilter? filter)
    {
        filter = null;

        // Piece by piece, so that a client that is called like a placeholder does not become one.
        var text = "";
        for (var rest = template.AsSpan(); rest.Length > 0;)
        {
            var start = rest.IndexOf("${", StringComparison.Ordinal);
            if (start < 0)
            {
                text += rest.ToString();
                break;
            }

            text += rest[..start].ToString();
            rest = rest[start..];
            var (placeholder, value) = (default(string), default(string));
            foreach (var entry in Placeholders)
            {
                if (rest.StartsWith(entry.Placeholder, StringComparison.Ordinal))
                {
                    (placeholder, value) = (entry.Placeholder, entry.Value(client));
                }
            }

            if (placeholder is null || string.IsNullOrEmpty(value) || value.AsSpan().ContainsAny("/+#") || (text.Length == 0 && value[0] == '$'))
            {
                return false;
            }

            text += value;
            rest = rest[placeholder.Length..];
        }

        filter = TopicFilter.TryParse(text, out var parsed) ? parsed : null;
        return filter is not null;
    }
}
