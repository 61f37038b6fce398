using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Edge.Messaging.Wire;

namespace Edge.LocalBroker.Access;

/// <summary>The server's side of SCRAM (RFC 5802 §5 to §7), without channel binding. What is malformed is as wrong as a wrong password.</summary>
/// <remarks>
/// <code>
/// client-first   n,,n=USER,r=CNONCE
/// server-first   r=CNONCE SNONCE,s=SALT,i=ITERATIONS
/// client-final   c=biws,r=CNONCE SNONCE,p=PROOF
/// server-final   v=SIGNATURE
/// </code>
/// </remarks>
/// <param name="method">Which SCRAM.</param>
/// <param name="keysOf">The keys for a user name, also for one that is not known.</param>
/// <param name="nonce">Random part of the nonce; printable ASCII without a comma.</param>
internal sealed class ScramExchange(ScramMethod method, Func<string, ScramKeys> keysOf, string nonce)
{
    /// <summary>Longest message of a client that is looked at, in octets.</summary>
    public const int LongestMessage = 2_048;

    private ScramKeys? _keys;
    private string _header = "";
    private string _nonce = "";
    private string _messages = "";

    /// <summary>Who the client says it is, once it said so.</summary>
    public string? UserName { get; private set; }

    /// <summary>A nonce for one exchange.</summary>
    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    /// <summary>Takes the client's first message.</summary>
    public bool TryBegin(ReadOnlySpan<byte> clientFirst, out byte[] serverFirst)
    {
        serverFirst = [];
        if (!TryDecode(clientFirst, out var text)
            || text.Split(',') is not [var binding, var authzid, var name, var clientNonce, ..]
            || binding is not ("n" or "y")
            || !TryReadName(name, "n=", out var user)
            || !(authzid.Length == 0 || (TryReadName(authzid, "a=", out var asked) && asked == user))
            || !clientNonce.StartsWith("r=", StringComparison.Ordinal) || !IsNonce(clientNonce.AsSpan(2)))
        {
            return false;
        }

        UserName = user;
        _keys = keysOf(user);
        _header = $"{binding},{authzid},";
        _nonce = clientNonce[2..] + nonce;
        var answer = string.Create(CultureInfo.InvariantCulture, $"r={_nonce},s={Convert.ToBase64String(_keys.Salt)},i={_keys.Iterations}");
        _messages = $"{text[_header.Length..]},{answer}";
        serverFirst = Encoding.UTF8.GetBytes(answer);
        return true;
    }

    /// <summary>Takes the client's last message. False also when the password is wrong.</summary>
    public bool TryFinish(ReadOnlySpan<byte> clientFinal, out byte[] serverFinal)
    {
        serverFinal = [];
        if (_keys is null
            || !TryDecode(clientFinal, out var text)
            || text.Split(',') is not [var channel, var bothNonces, .., var proofText]
            || channel != $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(_header))}"
            || bothNonces != $"r={_nonce}"
            || !proofText.StartsWith("p=", StringComparison.Ordinal)
            || !Base64.TryDecode(proofText[2..], out var proof) || proof.Length != method.Size)
        {
            return false;
        }

        var messages = Encoding.UTF8.GetBytes($"{_messages},{text[..^(proofText.Length + 1)]}");
        var clientKey = method.Hmac(_keys.StoredKey, messages);
        for (var i = 0; i < clientKey.Length; i++)
        {
            clientKey[i] ^= proof[i];
        }

        if (!CryptographicOperations.FixedTimeEquals(method.Hash(clientKey), _keys.StoredKey))
        {
            return false;
        }

        serverFinal = Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(method.Hmac(_keys.ServerKey, messages))}");
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> message, out string text)
    {
        var isText = Utf8Text.TryDecode(message.Length <= LongestMessage ? message : default, out var decoded);
        text = decoded ?? "";
        return isText;
    }

    /// <summary>In a name <c>=2C</c> stands for a comma and <c>=3D</c> for an equals sign; no other one may be in it (RFC 5802 §5.1).</summary>
    private static bool TryReadName(string field, string key, out string name)
    {
        name = "";
        if (!field.StartsWith(key, StringComparison.Ordinal) || field.Length == key.Length)
        {
            return false;
        }

        var rest = field[key.Length..];
        name = rest.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        return !rest.Replace("=2C", "", StringComparison.Ordinal).Replace("=3D", "", StringComparison.Ordinal).Contains('=');
    }

    private static bool IsNonce(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('!', '~');
}
