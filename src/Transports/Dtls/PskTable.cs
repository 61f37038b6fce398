using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Edge.Transports.Dtls;

/// <summary>Pre-shared keys by their identities (RFC 4279). Immutable; shows no key.</summary>
public sealed class PskTable
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    /// <summary>Identities there are.</summary>
    public int Count => _keys.Count;

    /// <summary>
    /// Reads lines of <c>identity:key</c>, as mosquitto's <c>psk_file</c> has them: the key in hexadecimal, 1 to 64 octets. Blank lines and lines that begin with <c>#</c> are passed over.
    /// An identity has 1 to 128 octets of UTF-8; of two lines for one identity both are wrong.
    /// </summary>
    /// <param name="text">What the file holds.</param>
    /// <param name="table">The keys; null when a line is wrong.</param>
    /// <param name="wrongLine">Number of the first wrong line, from 1; 0 for none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PskTable? table, out int wrongLine)
    {
        ArgumentNullException.ThrowIfNull(text);
        var read = new PskTable();
        wrongLine = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            wrongLine++;
            if (!line.IsWhiteSpace() && line[0] != '#' && !read.TryAdd(line.TrimEnd()))
            {
                table = null;
                return false;
            }
        }

        table = read;
        wrongLine = 0;
        return true;
    }

    /// <summary>A copy of an identity's key, which the library overwrites when it has used it; null when the identity is not known.</summary>
    internal byte[]? Find(string identity) => _keys.TryGetValue(identity, out var key) ? [.. key] : null;

    /// <summary>Whether another table has the key that this one has for an identity.</summary>
    internal bool HasSameKey(string identity, PskTable? other) =>
        _keys.TryGetValue(identity, out var key) && other is not null && other._keys.TryGetValue(identity, out var others)
        && CryptographicOperations.FixedTimeEquals(key, others);

    private bool TryAdd(ReadOnlySpan<char> line)
    {
        var colon = line.LastIndexOf(':');
        var digits = line[(colon + 1)..];
        if (colon < 1 || Encoding.UTF8.GetByteCount(line[..colon]) > 128 || digits.Length is < 2 or > 128 || digits.Length % 2 != 0
            || digits.ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        return _keys.TryAdd(line[..colon].ToString(), Convert.FromHexString(digits));
    }
}
