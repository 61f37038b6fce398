using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>A JWK Set (RFC 7517 §5).</summary>
internal static class JsonWebKeySet
{
    /// <summary>Reads the keys. One of a kind that is not for tokens here is skipped; one that is and cannot be used is a fault.</summary>
    public static bool TryRead(ReadOnlySpan<byte> file, [NotNullWhen(true)] out TokenKeys? keys, out string fault)
    {
        keys = null;
        if (!StrictJson.TryParse(file, out var set) || set.ValueKind != JsonValueKind.Object
            || !set.TryGetProperty("keys", out var members) || members.ValueKind != JsonValueKind.Array)
        {
            fault = "is no JWK Set: it must be a JSON object with an array \"keys\"";
            return false;
        }

        var (all, skipped) = (new List<TokenKey>(), new List<string>());
        foreach (var (index, member) in members.EnumerateArray().Index())
        {
            if (WhyOther(member) is { } why)
            {
                skipped.Add($"keys[{index}], {why}");
            }
            else if (TryReadOne(member, out var key, out var problem))
            {
                all.Add(key);
            }
            else
            {
                fault = $"holds in keys[{index}] {problem}";
                return false;
            }
        }

        fault = all.Count > TokenKeys.MostKeys ? $"holds more than {TokenKeys.MostKeys} keys"
            : all.Count == 0 ? $"holds no key for HS256, RS256 or ES256{(skipped.Count > 0 ? $": {string.Join("; ", skipped)}" : "")}"
            : "";
        keys = fault.Length == 0 ? new TokenKeys(all, skipped) : null;
        return keys is not null;
    }

    /// <summary>Why a key is not for verifying tokens here; null when it is.</summary>
    private static string? WhyOther(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object)
        {
            return "which is no key";
        }

        var algorithm = StrictJson.TextOf(key, "kty") switch
        {
            "oct" => TokenAlgorithm.HS256,
            "RSA" => TokenAlgorithm.RS256,
            "EC" when StrictJson.TextOf(key, "crv") == "P-256" => TokenAlgorithm.ES256,
            _ => (TokenAlgorithm?)null,
        };
        return algorithm is null ? "which is neither a secret, RSA nor on P-256"
            : !Names(key, "alg", $"{algorithm}") ? $"whose alg is another than {algorithm}"
            : !Names(key, "use", "sig") ? "whose use is another than sig"
            : key.TryGetProperty("key_ops", out var uses) && !Holds(uses, "verify") ? "whose key_ops do not hold verify"
            : null;
    }

    /// <summary>Whether a member says a value, or is not there.</summary>
    private static bool Names(JsonElement key, string member, string value) => !key.TryGetProperty(member, out _) || StrictJson.TextOf(key, member) == value;

    private static bool Holds(JsonElement uses, string use) =>
        uses.ValueKind == JsonValueKind.Array && uses.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(use));

    private static bool TryReadOne(JsonElement member, [NotNullWhen(true)] out TokenKey? key, out string fault)
    {
        (key, fault) = (null, "a key with members that are not right");
        var id = StrictJson.TextOf(member, "kid");
        if (id is null && member.TryGetProperty("kid", out _))
        {
            return false;
        }

        return StrictJson.TextOf(member, "kty") switch
        {
            "oct" => TryGet(member, "k", out var secret) && TokenKey.TryCreate(secret, id, out key, out fault),
            "RSA" => TryGet(member, "n", out var modulus) && TryGet(member, "e", out var exponent)
                && TokenKey.TryCreate(new RSAParameters { Modulus = modulus, Exponent = exponent }, id, out key, out fault),
            _ => TryGet(member, "x", out var x) && TryGet(member, "y", out var y)
                && TokenKey.TryCreate(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }, id, out key, out fault),
        };
    }

    private static bool TryGet(JsonElement key, string member, out byte[] octets)
    {
        octets = [];
        return StrictJson.TextOf(key, member) is { } text && JsonWebToken.TryDecode(Encoding.UTF8.GetBytes(text), out octets!);
    }
}
