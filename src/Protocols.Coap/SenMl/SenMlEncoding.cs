namespace Edge.Protocols.Coap.SenMl;

/// <summary>How a pack is encoded: reads any octets, and writes a record as a pack of its own.</summary>
internal abstract class SenMlEncoding
{
    /// <summary>How deep values of fields that are not known may be nested in arrays and maps, those of the pack included.</summary>
    protected const int MaxDepth = 16;

    /// <summary>Content-Format of a pack that is written.</summary>
    public abstract ushort ContentFormat { get; }

    /// <summary>The encoding of a Content-Format; null when it is not one that is read here.</summary>
    /// <remarks>A stream (SensML) that is the body of a request has an end, and is read like a pack.</remarks>
    public static SenMlEncoding? Of(ushort? contentFormat) => contentFormat switch
    {
        Codec.ContentFormat.SenMlJson or Codec.ContentFormat.SensMlJson => SenMlJson.Instance,
        Codec.ContentFormat.SenMlCbor or Codec.ContentFormat.SensMlCbor => SenMlCbor.Instance,
        _ => null,
    };

    /// <summary>Reads the records of a pack, as they came.</summary>
    /// <param name="pack">Any octets.</param>
    /// <param name="maxRecords">Most records.</param>
    /// <param name="records">The records; their fields stand in the pack.</param>
    /// <param name="why">What is wrong, for the client.</param>
    public abstract bool TryRead(ReadOnlyMemory<byte> pack, int maxRecords, out List<SenMlRecord> records, out string why);

    /// <summary>Writes a pack of one record.</summary>
    public abstract byte[] Write(SenMlRecord record);

    /// <summary>Takes a field into a record; a second one of its kind is wrong.</summary>
    protected static bool TryTake(SenMlRecord record, SenMlFieldFormat format, SenMlField field, out string why)
    {
        why = record[format.Label] is null ? "" : $"{format.Text} stands twice";
        record[format.Label] = field;
        return why.Length == 0;
    }

    /// <summary>Whether a field that is not known may be passed over: one that ends in <c>_</c> must be understood (§4.4).</summary>
    protected static bool MayPassOver(string label, out string why)
    {
        why = label.EndsWith('_') ? $"{label} is not understood" : "";
        return why.Length == 0;
    }
}
