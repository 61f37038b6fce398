using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Edge.Messaging;

namespace Edge.Gateway.Fronts.Tls;

/// <summary>Reads the names in a client's certificate.</summary>
internal static class CertificateNames
{
    private const string CommonName = "2.5.4.3";
    private const string SubjectAlternativeName = "2.5.29.17";

    /// <summary>The short names that RFC 4514 §3 gives, and those of e-mail addresses and serial numbers, which certificates often bear.</summary>
    private static readonly Dictionary<string, string> ShortNames = new()
    {
        [CommonName] = "CN",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.6"] = "C",
        ["2.5.4.9"] = "STREET",
        ["0.9.2342.19200300.100.1.25"] = "DC",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["1.2.840.113549.1.9.1"] = "emailAddress",
        ["2.5.4.5"] = "serialNumber",
    };

    /// <summary>Reads them; false when they are not encoded as they must be.</summary>
    public static bool TryRead(X509Certificate2 certificate, out ClientCertificate? names)
    {
        try
        {
            var (distinguishedName, commonName) = ReadName(certificate.SubjectName.RawData);
            names = new ClientCertificate
            {
                DistinguishedName = distinguishedName,
                CommonName = commonName,
                AlternativeNames = certificate.Extensions[SubjectAlternativeName] is { } extension ? ReadAlternativeNames(extension.RawData) : [],
            };
            return true;
        }
        catch (AsnContentException)
        {
            names = null;
            return false;
        }
    }

    /// <summary>Name ::= SEQUENCE OF SET OF SEQUENCE { type, value } (RFC 5280 §4.1.2.4); RFC 4514 §2.1 writes it from the end.</summary>
    private static (string DistinguishedName, string? CommonName) ReadName(byte[] encoded)
    {
        var parts = new List<string>();
        string? commonName = null;
        for (var name = ReadSequence(encoded); name.HasData;)
        {
            var part = new List<string>();
            for (var set = name.ReadSetOf(skipSortOrderValidation: true); set.HasData;)
            {
                var attribute = set.ReadSequence();
                var type = attribute.ReadObjectIdentifier();
                var value = attribute.ReadEncodedValue();
                var text = ReadText(value);
                commonName = type == CommonName && text is not null ? text : commonName;
                part.Add(ShortNames.TryGetValue(type, out var shortName) && text is not null
                    ? $"{shortName}={Escaped(text)}"
                    : $"{type}=#{Convert.ToHexString(value.Span)}");
            }

            parts.Add(string.Join('+', part));
        }

        parts.Reverse();
        return (string.Join(',', parts), commonName);
    }

    /// <summary>GeneralNames of the kinds that are text or an address (RFC 5280 §4.2.1.6).</summary>
    private static List<string> ReadAlternativeNames(byte[] encoded)
    {
        var found = new List<string>();
        for (var names = ReadSequence(encoded); names.HasData;)
        {
            var tag = names.PeekTag();
            switch (tag.TagValue)
            {
                case 1 or 2 or 6: // rfc822Name, dNSName, uniformResourceIdentifier
                    found.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 7 when names.ReadOctetString(tag) is { Length: 4 or 16 } address:
                    found.Add(new IPAddress(address).ToString());
                    break;
                case 7:
                    throw new AsnContentException();
                default:
                    names.ReadEncodedValue();
                    break;
            }
        }

        return found;
    }

    private static AsnReader ReadSequence(byte[] encoded)
    {
        var whole = new AsnReader(encoded, AsnEncodingRules.DER);
        var sequence = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        return sequence;
    }

    /// <summary>Null when it is no kind of text.</summary>
    private static string? ReadText(ReadOnlyMemory<byte> encoded)
    {
        var reader = new AsnReader(encoded, AsnEncodingRules.DER);
        var tag = reader.PeekTag();
        return tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is var kind
            && kind is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
                or UniversalTagNumber.T61String or UniversalTagNumber.BMPString
                ? reader.ReadCharacterString(kind)
                : null;
    }

    /// <summary>RFC 4514 §2.4.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (var (index, letter) in text.Index())
        {
            if (letter == '\0')
            {
                escaped.Append("\\00");
                continue;
            }

            if (letter is '"' or '+' or ',' or ';' or '<' or '>' or '\\'
                || (index == 0 && letter is '#' or ' ') || (index == text.Length - 1 && letter == ' '))
            {
                escaped.Append('\\');
            }

            escaped.Append(letter);
        }

        return escaped.ToString();
    }
}
