using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>Public keys and certificates in PEM (RFC 7468).</summary>
internal static class PemKeys
{
    /// <summary>Reads every key; false when one of them cannot be used, or there is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> file, [NotNullWhen(true)] out TokenKeys? keys, out string fault)
    {
        (keys, fault) = (null, "holds PEM that cannot be read; it must be public keys or certificates");
        if (!Ascii.IsValid(file))
        {
            return false;
        }

        var all = new List<TokenKey>();
        ReadOnlySpan<char> rest = Encoding.ASCII.GetString(file);
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (all.Count == TokenKeys.MostKeys)
            {
                fault = $"holds more than {TokenKeys.MostKeys} keys";
                return false;
            }

            if (!TryReadOne(rest[fields.Location], rest[fields.Label], out var key, out var problem))
            {
                fault = $"holds {problem}";
                return false;
            }

            all.Add(key);
            rest = rest[fields.Location.End..];
        }

        // What is begun and not found is damaged, and must not be passed over.
        if (all.Count == 0 || rest.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            return false;
        }

        (keys, fault) = (new TokenKeys(all), "");
        return true;
    }

    private static bool TryReadOne(ReadOnlySpan<char> pem, ReadOnlySpan<char> label, [NotNullWhen(true)] out TokenKey? key, out string fault)
    {
        (key, fault) = (null, $"\"{label}\" in PEM; it must be \"PUBLIC KEY\", \"RSA PUBLIC KEY\" or \"CERTIFICATE\"");
        if (label is not ("PUBLIC KEY" or "RSA PUBLIC KEY" or "CERTIFICATE"))
        {
            return false;
        }

        try
        {
            if (label is "CERTIFICATE")
            {
                using var certificate = X509Certificate2.CreateFromPem(pem);
                pem = PemEncoding.WriteString("PUBLIC KEY", certificate.PublicKey.ExportSubjectPublicKeyInfo());
            }

            return TryReadRsa(pem, out key, out fault) ?? TryReadCurve(pem, out key, out fault);
        }
        catch (Exception wrong) when (IsAboutTheKey(wrong))
        {
            fault = "a key in PEM that is neither RSA nor on P-256";
            return false;
        }
    }

    /// <summary>Whether the framework says so that a key is none; of a curve that it does not know it is the last one.</summary>
    private static bool IsAboutTheKey(Exception fault) => fault is CryptographicException or ArgumentException or NotSupportedException;

    /// <returns>Null when it is no key of RSA.</returns>
    private static bool? TryReadRsa(ReadOnlySpan<char> pem, out TokenKey? key, out string fault)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
        }
        catch (Exception other) when (IsAboutTheKey(other))
        {
            (key, fault) = (null, "");
            return null;
        }

        return TokenKey.TryCreate(rsa.ExportParameters(includePrivateParameters: false), null, out key, out fault);
    }

    private static bool TryReadCurve(ReadOnlySpan<char> pem, out TokenKey? key, out string fault)
    {
        using var curve = ECDsa.Create();
        curve.ImportFromPem(pem);
        var parameters = curve.ExportParameters(includePrivateParameters: false);
        if (parameters.Curve.Oid?.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            return TokenKey.TryCreate(parameters, null, out key, out fault);
        }

        (key, fault) = (null, "a key on another curve than P-256");
        return false;
    }
}
