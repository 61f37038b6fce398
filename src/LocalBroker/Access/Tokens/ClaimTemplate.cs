using System.Diagnostics.CodeAnalysis;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>The value a claim must have, with places for what CONNECT says: <c>${clientid}</c> and <c>${username}</c>.</summary>
public sealed class ClaimTemplate
{
    private const string ClientId = "${clientid}";
    private const string UserName = "${username}";

    private readonly string _text;

    private ClaimTemplate(string text) => _text = text;

    /// <summary>Whether it asks for the user name that CONNECT gives.</summary>
    public bool AsksForUserName => _text.Contains(UserName, StringComparison.Ordinal);

    /// <summary>Takes a template; false when it holds a <c>${…}</c> that is not known or does not end.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ClaimTemplate? template)
    {
        var rest = text.Replace(ClientId, "", StringComparison.Ordinal).Replace(UserName, "", StringComparison.Ordinal);
        template = rest.Contains("${", StringComparison.Ordinal) ? null : new ClaimTemplate(text);
        return template is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <summary>The value for a client; null when CONNECT does not give what it asks for.</summary>
    internal string? ValueFor(string clientId, string? userName) =>
        (_text.Contains(ClientId, StringComparison.Ordinal) && clientId.Length == 0) || (AsksForUserName && string.IsNullOrEmpty(userName))
            ? null
            : string.Join(clientId, _text.Split(ClientId).Select(part => part.Replace(UserName, userName, StringComparison.Ordinal)));
}
