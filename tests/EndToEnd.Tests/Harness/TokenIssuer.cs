using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>Makes JSON Web Tokens with openssl, which knows nothing of the gateway.</summary>
internal sealed class TokenIssuer
{
    private readonly string _algorithm;
    private readonly string _key;

    private TokenIssuer(string folder, string algorithm) =>
        (_algorithm, _key) = (algorithm, Path.Combine(folder, $"{algorithm}-{Guid.NewGuid():N}"));

    /// <summary>What the gateway is to know: the secret, or the public key in PEM.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Makes a key.</summary>
    public static async Task<TokenIssuer> CreateAsync(string folder, string algorithm)
    {
        var issuer = new TokenIssuer(folder, algorithm);
        string[] make = algorithm switch
        {
            "HS256" => ["rand", "-hex", "-out", issuer._key, "32"],
            "RS256" => ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", issuer._key],
            _ => ["genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", issuer._key],
        };
        await OpenSslAsync(make);
        if (algorithm != "HS256")
        {
            await OpenSslAsync("pkey", "-in", issuer._key, "-pubout", "-out", issuer._key + ".pub");
        }

        issuer.Key = await File.ReadAllTextAsync(algorithm == "HS256" ? issuer._key : issuer._key + ".pub", TestContext.Current.CancellationToken);
        return issuer;
    }

    /// <summary>The public key of ES256 as a JWK Set of one.</summary>
    public string ToKeySet(string keyId)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(Key);
        var point = key.ExportParameters(false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"{{keyId}}","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}]}""";
    }

    /// <summary>Makes a token.</summary>
    /// <param name="expiresIn">Seconds from now.</param>
    /// <param name="claims">Its other claims.</param>
    public async Task<string> TokenAsync(int expiresIn, JsonObject claims)
    {
        claims["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + expiresIn;
        var signed = $"{Encode($$"""{"typ":"JWT","alg":"{{_algorithm}}"}""")}.{Encode(claims.ToJsonString())}";
        await File.WriteAllTextAsync(_key + ".text", signed, TestContext.Current.CancellationToken);
        string[] by = _algorithm == "HS256" ? ["-hmac", Key.Trim()] : ["-sign", _key];
        await OpenSslAsync(["dgst", "-sha256", "-binary", .. by, "-out", _key + ".signature", _key + ".text"]);
        var signature = await File.ReadAllBytesAsync(_key + ".signature", TestContext.Current.CancellationToken);
        return $"{signed}.{Base64Url.EncodeToString(_algorithm == "ES256" ? ToFixedFields(signature) : signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>openssl signs in DER; a token bears the two numbers beside each other (RFC 7518 §3.4).</summary>
    private static byte[] ToFixedFields(byte[] der)
    {
        var fields = new byte[64];
        var numbers = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        foreach (var half in (int[])[32, 64])
        {
            var number = numbers.ReadInteger().ToByteArray(isUnsigned: true, isBigEndian: true);
            number.CopyTo(fields, half - number.Length);
        }

        return fields;
    }

    private static async Task OpenSslAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await ChildProcess.RunAsync("openssl", arguments);
        Assert.True(exitCode == 0, errors);
    }
}
