using System.Globalization;

namespace Edge.Protocols.Coap.Codec;

/// <summary>Content-Formats and the media types that they stand for (RFC 7252 §12.3 and its registry).</summary>
public static class ContentFormat
{
    /// <summary>text/plain;charset=utf-8.</summary>
    public const ushort Text = 0;

    /// <summary>application/link-format (RFC 6690).</summary>
    public const ushort LinkFormat = 40;

    /// <summary>application/octet-stream.</summary>
    public const ushort OctetStream = 42;

    /// <summary>application/json.</summary>
    public const ushort Json = 50;

    /// <summary>application/senml+json (RFC 8428).</summary>
    public const ushort SenMlJson = 110;

    /// <summary>application/sensml+json: a stream of records.</summary>
    public const ushort SensMlJson = 111;

    /// <summary>application/senml+cbor.</summary>
    public const ushort SenMlCbor = 112;

    /// <summary>application/sensml+cbor: a stream of records.</summary>
    public const ushort SensMlCbor = 113;

    private static readonly (ushort Number, string MediaType)[] Known =
    [
        (Text, "text/plain;charset=utf-8"),
        (LinkFormat, "application/link-format"),
        (41, "application/xml"),
        (OctetStream, "application/octet-stream"),
        (47, "application/exi"),
        (Json, "application/json"),
        (51, "application/json-patch+json"),
        (52, "application/merge-patch+json"),
        (60, "application/cbor"),
        (61, "application/cwt"),
        (62, "application/multipart-core"),
        (63, "application/cbor-seq"),
        (SenMlJson, "application/senml+json"),
        (SensMlJson, "application/sensml+json"),
        (SenMlCbor, "application/senml+cbor"),
        (SensMlCbor, "application/sensml+cbor"),
        (114, "application/senml-exi"),
        (115, "application/sensml-exi"),
        (310, "application/senml+xml"),
        (311, "application/sensml+xml"),
        (11060, "application/cbor+deflate"),
        (11542, "application/vnd.oma.lwm2m+tlv"),
        (11543, "application/vnd.oma.lwm2m+json"),
        (11544, "application/vnd.oma.lwm2m+cbor"),
    ];

    /// <summary>The media type of a Content-Format; of one that is not known here, or is an experiment, its number, so that it gets through.</summary>
    public static string MediaTypeOf(ushort number)
    {
        foreach (var (known, mediaType) in Known)
        {
            if (known == number)
            {
                return mediaType;
            }
        }

        return number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The Content-Format of a media type, in whatever case and with whatever blanks, or of its own number; null when it has none.</summary>
    /// <remarks>text/plain without a charset is taken as UTF-8, which MQTT's payloads are when they are text.</remarks>
    public static ushort? Of(string mediaType)
    {
        var plain = mediaType.Replace(" ", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);
        if (plain.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
        {
            return Text;
        }

        foreach (var (number, known) in Known)
        {
            if (known.Equals(plain, StringComparison.OrdinalIgnoreCase))
            {
                return number;
            }
        }

        return ushort.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out var unknown) ? unknown : null;
    }
}
