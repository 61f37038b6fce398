using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Edge.Protocols.Coap.SenMl;

/// <summary>SenML in JSON (RFC 8428 §5).</summary>
internal sealed class SenMlJson : SenMlEncoding
{
    private static readonly SearchValues<char> Base64Url = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private SenMlJson()
    {
    }

    public static SenMlJson Instance { get; } = new();

    /// <inheritdoc/>
    public override ushort ContentFormat => Codec.ContentFormat.SenMlJson;

    /// <inheritdoc/>
    public override bool TryRead(ReadOnlyMemory<byte> pack, int maxRecords, out List<SenMlRecord> records, out string why)
    {
        (records, why) = ([], "not UTF-8");
        try
        {
            var reader = new Utf8JsonReader(pack.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            return Utf8.IsValid(pack.Span) && TryRead(ref reader, pack, maxRecords, records, out why);
        }
        catch (JsonException fault)
        {
            why = $"not JSON, or nested too deep: line {fault.LineNumber + 1}, octet {fault.BytePositionInLine + 1}";
            return false;
        }
        catch (InvalidOperationException)
        {
            why = "a string holds half a character"; // An escaped surrogate without its other half; the framework says so in no other way.
            return false;
        }
    }

    /// <inheritdoc/>
    public override byte[] Write(SenMlRecord record)
    {
        var octets = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(octets))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            foreach (var format in SenMlFieldFormat.All)
            {
                if (record[format.Label] is { } field)
                {
                    writer.WritePropertyName(format.Text);
                    WriteValue(writer, format, field);
                }
            }

            foreach (var (label, value) in record.Others)
            {
                writer.WritePropertyName(label);
                writer.WriteRawValue(value.Span, skipInputValidation: true);
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return octets.WrittenSpan.ToArray();
    }

    private static bool TryRead(ref Utf8JsonReader reader, ReadOnlyMemory<byte> pack, int maxRecords, List<SenMlRecord> records, out string why)
    {
        why = "not an array of records";
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            if (records.Count == maxRecords)
            {
                why = $"more than {maxRecords} records";
                return false;
            }

            var record = new SenMlRecord();
            records.Add(record);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryReadField(ref reader, pack, record, out why))
                {
                    why = $"record {records.Count}: {why}";
                    return false;
                }
            }
        }

        why = reader.TokenType == JsonTokenType.EndArray ? "" : $"record {records.Count + 1} is not an object";
        return why.Length == 0 && !reader.Read(); // What stands after the pack is no JSON.
    }

    private static bool TryReadField(ref Utf8JsonReader reader, ReadOnlyMemory<byte> pack, SenMlRecord record, out string why)
    {
        var label = reader.GetString()!;
        reader.Read();
        if (SenMlFieldFormat.Find(label) is { } format)
        {
            return TryReadValue(ref reader, pack, format, out var field, out why) && TryTake(record, format, field, out why);
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        if (!label.StartsWith('b'))
        {
            record.Others.Add((label, pack[start..(int)reader.BytesConsumed]));
        }

        return MayPassOver(label, out why);
    }

    private static bool TryReadValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> pack, SenMlFieldFormat format, out SenMlField field, out string why)
    {
        var octets = pack[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
        field = new SenMlField(octets);
        switch (format.Type)
        {
            case SenMlType.Text or SenMlType.Data when reader.TokenType == JsonTokenType.String:
                field = field with { Text = reader.GetString()! };
                why = format.Type == SenMlType.Text || IsBase64Url(field.Text) ? "" : $"{format.Text} is not base64url without padding";
                break;
            case SenMlType.Text or SenMlType.Data:
                why = $"{format.Text} is not a string";
                break;
            case SenMlType.Boolean:
                why = reader.TokenType is JsonTokenType.True or JsonTokenType.False ? "" : $"{format.Text} is not true or false";
                break;
            default:
                var isNumber = SenMlNumber.TryParse(reader.TokenType == JsonTokenType.Number ? octets.Span : "0"u8, out var number);
                why = reader.TokenType != JsonTokenType.Number ? $"{format.Text} is not a number"
                    : !isNumber ? $"{format.Text} is too large"
                    : format.Type == SenMlType.Version && !number.IsWholeAboveZero ? $"{format.Text} is not a whole number above 0" : "";
                // The exponent must be in lower case (§5).
                field = new SenMlField(octets.Span.Contains((byte)'E') ? default : octets, number);
                break;
        }

        return why.Length == 0;
    }

    private static bool IsBase64Url(string text) => !text.AsSpan().ContainsAnyExcept(Base64Url) && text.Length % 4 != 1;

    private static void WriteValue(Utf8JsonWriter writer, SenMlFieldFormat format, SenMlField field)
    {
        if (!field.Octets.IsEmpty)
        {
            writer.WriteRawValue(field.Octets.Span, skipInputValidation: true);
        }
        else if (format.Type == SenMlType.Text)
        {
            writer.WriteStringValue(field.Text);
        }
        else
        {
            writer.WriteRawValue(field.Number.ToString(), skipInputValidation: true);
        }
    }
}
