using System.Buffers.Text;
using System.Formats.Cbor;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Edge.Protocols.Coap.Tests.SenMl;

/// <summary>Packs of known fields in the other encoding. Numbers become doubles, or integers, or decimal fractions, by turns.</summary>
internal static class Transcoded
{
    /// <summary>Labels from -6 on (RFC 8428 §6, table 4).</summary>
    private static readonly string[] Labels = ["bs", "bv", "bu", "bt", "bn", "bver", "n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"];

    public static byte[] ToCbor(string json)
    {
        var pack = JsonElement.Parse(json);
        var writer = new CborWriter(CborConformanceMode.Strict);
        writer.WriteStartArray(pack.GetArrayLength());
        foreach (var record in pack.EnumerateArray())
        {
            writer.WriteStartMap(record.GetPropertyCount());
            foreach (var field in record.EnumerateObject())
            {
                writer.WriteInt32(Array.IndexOf(Labels, field.Name) - 6);
                Write(writer, field);
            }

            writer.WriteEndMap();
        }

        writer.WriteEndArray();
        return writer.Encode();
    }

    public static JsonElement ToJson(ReadOnlyMemory<byte> cbor)
    {
        var reader = new CborReader(cbor);
        var record = new JsonObject();
        reader.ReadStartArray();
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            record[Labels[reader.ReadInt32() + 6]] = reader.PeekState() switch
            {
                CborReaderState.TextString => JsonValue.Create(reader.ReadTextString()),
                CborReaderState.ByteString => JsonValue.Create(Base64Url.EncodeToString(reader.ReadByteString())),
                CborReaderState.Boolean => JsonValue.Create(reader.ReadBoolean()),
                CborReaderState.Tag => JsonNode.Parse(DecimalFraction(reader)),
                CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger => JsonNode.Parse($"{reader.ReadInt64()}"),
                _ => JsonNode.Parse(reader.ReadDouble().ToString("R", CultureInfo.InvariantCulture)),
            };
        }

        return JsonElement.Parse(new JsonArray(record).ToJsonString());
    }

    private static void Write(CborWriter writer, JsonProperty field)
    {
        switch (field.Value.ValueKind)
        {
            case JsonValueKind.String when field.Name == "vd":
                writer.WriteByteString(Base64Url.DecodeFromChars(field.Value.GetString()));
                break;
            case JsonValueKind.String:
                writer.WriteTextString(field.Value.GetString()!);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(field.Value.GetBoolean());
                break;
            case JsonValueKind.Number when field.Value.TryGetInt64(out var whole):
                writer.WriteInt64(whole);
                break;
            case JsonValueKind.Number when field.Value.GetRawText() is var text && text.Contains('e', StringComparison.Ordinal):
                writer.WriteTag(CborTag.DecimalFraction);
                writer.WriteStartArray(2);
                writer.WriteInt32(int.Parse(text[(text.IndexOf('e', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture));
                writer.WriteInt32(int.Parse(text[..text.IndexOf('e', StringComparison.Ordinal)], CultureInfo.InvariantCulture));
                writer.WriteEndArray();
                break;
            default:
                writer.WriteDouble(field.Value.GetDouble());
                break;
        }
    }

    private static string DecimalFraction(CborReader reader)
    {
        reader.ReadTag();
        reader.ReadStartArray();
        var exponent = reader.ReadInt64();
        var coefficient = reader.PeekState() == CborReaderState.Tag ? reader.ReadBigInteger() : reader.ReadInt64();
        reader.ReadEndArray();
        return $"{coefficient}e{exponent}";
    }
}
