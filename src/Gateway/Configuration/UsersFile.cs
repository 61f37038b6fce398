using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration;

/// <summary>The users file: a table <c>[users.NAME]</c> for each user, with the hash of the password and its keys for SCRAM.</summary>
internal static class UsersFile
{
    private const string Tables = "users";
    private const string Password = "password";
    private const string SaltKey = "salt_key";
    private const int LeastSaltKeySize = 16;

    private static readonly (string Key, ScramMethod Method)[] ScramEntries = [("scram_sha_256", ScramMethod.Sha256), ("scram_sha_512", ScramMethod.Sha512)];

    /// <summary>Reads the file; null when there are faults, which are in the report. They show nothing of a password.</summary>
    public static Users? Read(string path, ConfigurationReport report)
    {
        var before = report.Faults.Count;
        if (TomlFile.Read(path, "the users file", report) is not { } root)
        {
            return null;
        }

        var users = new Dictionary<string, User>(StringComparer.Ordinal);
        byte[]? saltKey = null;
        foreach (var (name, node) in root.Children)
        {
            if (name == Tables && node is SettingTable table)
            {
                ReadUsers(table, users, report);
            }
            else if (name != SaltKey)
            {
                report.Add(node.Origin, name, "has no place here; the file holds tables written [users.NAME]");
            }
            else if (node is not SettingScalar { Value: string text } || !Base64.TryDecode(text, out saltKey) || saltKey.Length < LeastSaltKeySize)
            {
                report.Add(node.Origin, name, "must be at least 16 octets in Base64, or left out; edge-gateway passwd makes it");
            }
        }

        return report.Faults.Count == before ? new Users(users, saltKey) : null;
    }

    /// <summary>The text of a file with these users.</summary>
    public static string Write(Users users)
    {
        var text = new StringBuilder("# Users of the Edge gateway. Written by edge-gateway passwd.\n");
        text.Append(CultureInfo.InvariantCulture, $"{SaltKey} = \"{Convert.ToBase64String(users.SaltKey.Span)}\"\n");
        foreach (var (name, user) in users.All.OrderBy(user => user.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[{Tables}.{Quoted(name)}]\n{Password} = \"{user.Password.ToText()}\"\n");
            foreach (var (key, method) in ScramEntries)
            {
                if (user.KeysFor(method) is { } keys)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{key} = \"{keys.ToText()}\"\n");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Whether a text can be the name of a user.</summary>
    public static bool IsName([NotNullWhen(true)] string? name) => name is { Length: > 0 and <= 255 } && !name.Any(char.IsControl);

    private static void ReadUsers(SettingTable users, Dictionary<string, User> read, ConfigurationReport report)
    {
        foreach (var (name, node) in users.Children)
        {
            var key = $"{Tables}.{name}";
            if (!IsName(name))
            {
                report.Add(node.Origin, key, "is no name of a user; it must be 1 to 255 characters, none of them a control character");
            }
            else if (node is not SettingTable { Children: var entries } || !entries.TryGetValue(Password, out var password))
            {
                report.Add(node.Origin, key, $"must hold the key {Password}");
            }
            else if (password is not SettingScalar { Value: string text } || !PasswordHash.TryParse(text, out var hash))
            {
                report.Add(password.Origin, $"{key}.{Password}", "is no hash of a password; make it with: edge-gateway passwd FILE USER");
            }
            else
            {
                read.Add(name, new User(hash, ReadScram(entries, key, report)));
            }
        }
    }

    private static List<ScramKeys> ReadScram(IReadOnlyDictionary<string, SettingNode> entries, string user, ConfigurationReport report)
    {
        var all = new List<ScramKeys>();
        foreach (var (name, node) in entries.Where(entry => entry.Key != Password))
        {
            var method = Array.Find(ScramEntries, entry => entry.Key == name).Method;
            if (method is null)
            {
                report.Add(node.Origin, $"{user}.{name}", $"has no place here; a user has the keys {Password}, {string.Join(" and ", ScramEntries.Select(entry => entry.Key))}");
            }
            else if (node is SettingScalar { Value: string text } && ScramKeys.TryParse(method, text, out var keys))
            {
                all.Add(keys);
            }
            else
            {
                report.Add(node.Origin, $"{user}.{name}", $"holds no keys for {method}; make them with: edge-gateway passwd FILE USER");
            }
        }

        return all;
    }

    private static string Quoted(string name) =>
        name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? name
            : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
