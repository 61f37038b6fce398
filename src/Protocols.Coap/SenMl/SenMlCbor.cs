using System.Formats.Cbor;

namespace Edge.Protocols.Coap.SenMl;

/// <summary>SenML in CBOR (RFC 8428 §6).</summary>
internal sealed class SenMlCbor : SenMlEncoding
{
    private SenMlCbor()
    {
    }

    public static SenMlCbor Instance { get; } = new();

    /// <inheritdoc/>
    public override ushort ContentFormat => Codec.ContentFormat.SenMlCbor;

    /// <inheritdoc/>
    public override bool TryRead(ReadOnlyMemory<byte> pack, int maxRecords, out List<SenMlRecord> records, out string why)
    {
        records = [];
        var reader = new CborReader(pack, CborConformanceMode.Strict);
        try
        {
            return TryRead(reader, pack, maxRecords, records, out why);
        }
        catch (Exception fault) when (fault is CborContentException or InvalidOperationException)
        {
            // The library has the latter for simple values that are reserved.
            why = $"not CBOR after octet {pack.Length - reader.BytesRemaining}";
            return false;
        }
    }

    /// <inheritdoc/>
    public override byte[] Write(SenMlRecord record)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        var count = record.Others.Count;
        foreach (var format in SenMlFieldFormat.All)
        {
            count += record[format.Label] is null ? 0 : 1;
        }

        writer.WriteStartArray(1);
        writer.WriteStartMap(count);
        foreach (var format in SenMlFieldFormat.All)
        {
            if (record[format.Label] is { } field)
            {
                WriteLabel(writer, format);
                WriteValue(writer, format, field);
            }
        }

        foreach (var (label, value) in record.Others)
        {
            writer.WriteTextString(label);
            writer.WriteEncodedValue(value.Span);
        }

        writer.WriteEndMap();
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static bool TryRead(CborReader reader, ReadOnlyMemory<byte> pack, int maxRecords, List<SenMlRecord> records, out string why)
    {
        why = "not an array of records";
        if (reader.PeekState() != CborReaderState.StartArray)
        {
            return false;
        }

        reader.ReadStartArray();
        while (reader.PeekState() == CborReaderState.StartMap)
        {
            if (records.Count == maxRecords)
            {
                why = $"more than {maxRecords} records";
                return false;
            }

            var record = new SenMlRecord();
            records.Add(record);
            reader.ReadStartMap();
            while (reader.PeekState() != CborReaderState.EndMap)
            {
                if (!TryReadField(reader, pack, record, out why))
                {
                    why = $"record {records.Count}: {why}";
                    return false;
                }
            }

            reader.ReadEndMap();
        }

        if (reader.PeekState() != CborReaderState.EndArray)
        {
            why = $"record {records.Count + 1} is not a map";
            return false;
        }

        reader.ReadEndArray();
        why = reader.BytesRemaining == 0 ? "" : "octets after the pack";
        return why.Length == 0;
    }

    private static bool TryReadField(CborReader reader, ReadOnlyMemory<byte> pack, SenMlRecord record, out string why)
    {
        SenMlFieldFormat? format;
        string? label = null;
        if (reader.PeekState() == CborReaderState.TextString)
        {
            label = reader.ReadTextString();
            format = SenMlFieldFormat.Find(label);
            if (format?.Key is { } key)
            {
                why = $"{label} is labelled {key} in CBOR";
                return false;
            }
        }
        else if (TryReadWhole(reader, out var number))
        {
            format = SenMlFieldFormat.Find(number);
        }
        else
        {
            why = "a label is neither a number nor a text";
            return false;
        }

        var start = pack.Length - reader.BytesRemaining;
        if (format is not null)
        {
            return TryReadValue(reader, pack, format, out var field, out why) && TryTake(record, format, field, out why);
        }

        if (!TrySkip(reader))
        {
            why = "nested too deep";
            return false;
        }

        // Numbers that are not known are no labels of this format, and never will be (§6).
        if (label is not null && !label.StartsWith('b'))
        {
            record.Others.Add((label, pack[start..^reader.BytesRemaining]));
        }

        return MayPassOver(label ?? "", out why);
    }

    private static bool TryReadValue(CborReader reader, ReadOnlyMemory<byte> pack, SenMlFieldFormat format, out SenMlField field, out string why)
    {
        var start = pack.Length - reader.BytesRemaining;
        var (state, number, text) = (reader.PeekState(), default(SenMlNumber), (string?)null);
        switch (format.Type)
        {
            case SenMlType.Text when state == CborReaderState.TextString:
                (text, why) = (reader.ReadTextString(), "");
                break;
            case SenMlType.Data when state == CborReaderState.ByteString:
                (_, why) = (reader.ReadDefiniteLengthByteString(), "");
                break;
            case SenMlType.Boolean when state == CborReaderState.Boolean:
                (_, why) = (reader.ReadBoolean(), "");
                break;
            case SenMlType.Version when state == CborReaderState.UnsignedInteger:
                number = SenMlNumber.Of(reader.ReadUInt64());
                why = number == default ? $"{format.Text} is 0" : "";
                break;
            case SenMlType.Number when TryReadNumber(reader, out number):
                why = "";
                break;
            default:
                why = format.Type switch
                {
                    SenMlType.Text => $"{format.Text} is not a text string of a length given before",
                    SenMlType.Data => $"{format.Text} is not a byte string of a length given before",
                    SenMlType.Boolean => $"{format.Text} is not true or false",
                    SenMlType.Version => $"{format.Text} is not an unsigned integer",
                    _ => $"{format.Text} is not a number, or too large",
                };
                break;
        }

        field = new SenMlField(pack[start..^reader.BytesRemaining], number, text);
        return why.Length == 0;
    }

    /// <summary>Reads an integer, a float of any size, or a decimal fraction.</summary>
    private static bool TryReadNumber(CborReader reader, out SenMlNumber number)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.DoublePrecisionFloat:
                return SenMlNumber.TryFrom(reader.ReadDouble(), out number);
            case CborReaderState.Tag when reader.PeekTag() == CborTag.DecimalFraction:
                reader.ReadTag();
                return TryReadDecimalFraction(reader, out number);
            default:
                var isWhole = TryReadWhole(reader, out var whole);
                number = SenMlNumber.Of(whole);
                return isWhole;
        }
    }

    private static bool TryReadDecimalFraction(CborReader reader, out SenMlNumber number)
    {
        number = default;
        if (reader.PeekState() != CborReaderState.StartArray || reader.ReadStartArray() != 2 || !TryReadWhole(reader, out var exponent))
        {
            return false;
        }

        if (!TryReadWhole(reader, out var coefficient))
        {
            if (reader.PeekState() != CborReaderState.Tag || reader.PeekTag() is not (CborTag.UnsignedBigNum or CborTag.NegativeBigNum))
            {
                return false;
            }

            var large = reader.ReadBigInteger();
            if (large.GetByteCount() > 16)
            {
                return false;
            }

            coefficient = (Int128)large;
        }

        reader.ReadEndArray();
        return exponent >= int.MinValue && exponent <= int.MaxValue && SenMlNumber.TryFrom(coefficient, (int)exponent, out number);
    }

    private static bool TryReadWhole(CborReader reader, out Int128 number)
    {
        var state = reader.PeekState();
        number = state switch
        {
            CborReaderState.UnsignedInteger => reader.ReadUInt64(),
            CborReaderState.NegativeInteger => -1 - (Int128)reader.ReadCborNegativeIntegerRepresentation(),
            _ => 0,
        };
        return state is CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger;
    }

    /// <summary>Passes over a value; false when it is nested too deep. The library sets no limit.</summary>
    private static bool TrySkip(CborReader reader)
    {
        var depth = reader.CurrentDepth;
        CborReaderState state;
        do
        {
            state = reader.PeekState();
            switch (state)
            {
                case CborReaderState.StartArray or CborReaderState.StartMap when reader.CurrentDepth == MaxDepth:
                    return false;
                case CborReaderState.StartArray:
                    reader.ReadStartArray();
                    break;
                case CborReaderState.StartMap:
                    reader.ReadStartMap();
                    break;
                case CborReaderState.EndArray:
                    reader.ReadEndArray();
                    break;
                case CborReaderState.EndMap:
                    reader.ReadEndMap();
                    break;
                case CborReaderState.Tag:
                    reader.ReadTag();
                    break;
                default:
                    reader.SkipValue();
                    break;
            }
        }
        while (state == CborReaderState.Tag || reader.CurrentDepth > depth);

        return true;
    }

    private static void WriteLabel(CborWriter writer, SenMlFieldFormat format)
    {
        if (format.Key is { } key)
        {
            writer.WriteInt32(key);
        }
        else
        {
            writer.WriteTextString(format.Text);
        }
    }

    private static void WriteValue(CborWriter writer, SenMlFieldFormat format, SenMlField field)
    {
        if (!field.Octets.IsEmpty)
        {
            writer.WriteEncodedValue(field.Octets.Span);
        }
        else if (format.Type == SenMlType.Text)
        {
            writer.WriteTextString(field.Text!);
        }
        else
        {
            WriteNumber(writer, field.Number);
        }
    }

    /// <summary>Writes an integer, else the shortest float that is the number, else a decimal fraction.</summary>
    private static void WriteNumber(CborWriter writer, SenMlNumber number)
    {
        var value = number.ToDouble();
        if (number.Whole is { } whole)
        {
            writer.WriteInt64(whole);
        }
        else if (SenMlNumber.TryFrom(value, out var same) && same == number)
        {
            if ((double)(Half)value == value)
            {
                writer.WriteHalf((Half)value);
            }
            else if ((float)value == value)
            {
                writer.WriteSingle((float)value);
            }
            else
            {
                writer.WriteDouble(value);
            }
        }
        else
        {
            var (coefficient, exponent) = number.Parts;
            writer.WriteTag(CborTag.DecimalFraction);
            writer.WriteStartArray(2);
            writer.WriteInt64(exponent);
            if (coefficient == (long)coefficient)
            {
                writer.WriteInt64((long)coefficient);
            }
            else
            {
                writer.WriteBigInteger(coefficient);
            }

            writer.WriteEndArray();
        }
    }
}
