using System.Diagnostics.CodeAnalysis;
using System.Text;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration;

/// <summary>The users file: a table <c>[users.NAME]</c> for each user, with the hash of the password.</summary>
internal static class UsersFile
{
    private const string Users = "users";
    private const string Password = "password";

    /// <summary>Reads the file; null when there are faults, which are in the report. They show nothing of a password.</summary>
    public static Users? Read(string path, ConfigurationReport report) => ReadHashes(path, report) is { } hashes ? new Users(hashes) : null;

    /// <summary>Reads the names and hashes, in no order that matters.</summary>
    public static Dictionary<string, PasswordHash>? ReadHashes(string path, ConfigurationReport report)
    {
        if (TomlFile.Read(path, "the users file", report) is not { } root)
        {
            return null;
        }

        var hashes = new Dictionary<string, PasswordHash>(StringComparer.Ordinal);
        var isRight = true;
        foreach (var (name, node) in root.Children)
        {
            if (name == Users && node is SettingTable users)
            {
                isRight &= TryReadUsers(users, hashes, report);
            }
            else
            {
                report.Add(node.Origin, name, "has no place here; the file holds tables written [users.NAME]");
                isRight = false;
            }
        }

        return isRight ? hashes : null;
    }

    /// <summary>The text of a file with these users.</summary>
    public static string Write(IReadOnlyDictionary<string, PasswordHash> hashes)
    {
        var text = new StringBuilder("# Users of the Edge gateway. Written by edge-gateway passwd.\n");
        foreach (var (name, hash) in hashes.OrderBy(user => user.Key, StringComparer.Ordinal))
        {
            text.Append($"\n[{Users}.{Quoted(name)}]\n{Password} = \"{hash.ToText()}\"\n");
        }

        return text.ToString();
    }

    /// <summary>Whether a text can be the name of a user.</summary>
    public static bool IsName([NotNullWhen(true)] string? name) => name is { Length: > 0 and <= 255 } && !name.Any(char.IsControl);

    private static bool TryReadUsers(SettingTable users, Dictionary<string, PasswordHash> hashes, ConfigurationReport report)
    {
        var isRight = true;
        foreach (var (name, node) in users.Children)
        {
            var key = $"{Users}.{name}";
            if (!IsName(name))
            {
                report.Add(node.Origin, key, "is no name of a user; it must be 1 to 255 characters, none of them a control character");
            }
            else if (node is not SettingTable { Children: { Count: 1 } entries } || !entries.TryGetValue(Password, out var password))
            {
                report.Add(node.Origin, key, $"must hold the key {Password} and nothing else");
            }
            else if (password is not SettingScalar { Value: string text } || !PasswordHash.TryParse(text, out var hash))
            {
                report.Add(password.Origin, $"{key}.{Password}", "is no hash of a password; make it with: edge-gateway passwd FILE USER");
            }
            else
            {
                hashes.Add(name, hash);
                continue;
            }

            isRight = false;
        }

        return isRight;
    }

    private static string Quoted(string name) =>
        name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? name
            : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
