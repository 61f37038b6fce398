using System.Formats.Cbor;
using System.Globalization;

namespace Edge.Protocols.Coap.Tests.SenMl;

/// <summary>CBOR as people read it (RFC 8949 §8): 1.5_1 is a float of 16 bits, 1.5_2 one of 32.</summary>
internal static class Diagnostic
{
    public static string Of(ReadOnlyMemory<byte> octets)
    {
        var reader = new CborReader(octets, CborConformanceMode.Strict);
        var text = Of(reader);
        Assert.Equal(0, reader.BytesRemaining);
        return text;
    }

    private static string Of(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.UnsignedInteger:
                return $"{reader.ReadUInt64()}";
            case CborReaderState.NegativeInteger:
                return $"{-1 - (Int128)reader.ReadCborNegativeIntegerRepresentation()}";
            case CborReaderState.ByteString:
                return $"h'{Hex.Of(reader.ReadByteString())}'";
            case CborReaderState.TextString:
                return $"\"{reader.ReadTextString()}\"";
            case CborReaderState.Boolean:
                return reader.ReadBoolean() ? "true" : "false";
            case CborReaderState.Null:
                reader.ReadNull();
                return "null";
            case CborReaderState.HalfPrecisionFloat:
                return string.Create(CultureInfo.InvariantCulture, $"{reader.ReadDouble()}_1");
            case CborReaderState.SinglePrecisionFloat:
                return string.Create(CultureInfo.InvariantCulture, $"{reader.ReadDouble()}_2");
            case CborReaderState.DoublePrecisionFloat:
                return reader.ReadDouble().ToString(CultureInfo.InvariantCulture);
            case CborReaderState.Tag when reader.PeekTag() is CborTag.UnsignedBigNum or CborTag.NegativeBigNum:
                return reader.ReadBigInteger().ToString(CultureInfo.InvariantCulture);
            case CborReaderState.Tag:
                return $"{(ulong)reader.ReadTag()}({Of(reader)})";
            case CborReaderState.StartIndefiniteLengthTextString:
                reader.ReadStartIndefiniteLengthTextString();
                var pieces = All(reader, CborReaderState.EndIndefiniteLengthTextString, () => Of(reader));
                reader.ReadEndIndefiniteLengthTextString();
                return $"(_ {pieces})";
            case CborReaderState.StartArray:
                reader.ReadStartArray();
                var items = All(reader, CborReaderState.EndArray, () => Of(reader));
                reader.ReadEndArray();
                return $"[{items}]";
            case CborReaderState.StartMap:
                reader.ReadStartMap();
                var pairs = All(reader, CborReaderState.EndMap, () => $"{Of(reader)}: {Of(reader)}");
                reader.ReadEndMap();
                return $"{{{pairs}}}";
            default:
                throw new NotSupportedException($"{reader.PeekState()}");
        }
    }

    private static string All(CborReader reader, CborReaderState end, Func<string> next)
    {
        var items = new List<string>();
        while (reader.PeekState() != end)
        {
            items.Add(next());
        }

        return string.Join(", ", items);
    }
}
