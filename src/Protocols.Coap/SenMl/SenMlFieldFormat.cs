namespace Edge.Protocols.Coap.SenMl;

/// <summary>How a field is labelled, and what its value is (RFC 8428 §5 table 2, §6 table 4; RFC 9193 §9).</summary>
/// <param name="Label">The field.</param>
/// <param name="Text">Its label in JSON, and in CBOR where it has no number.</param>
/// <param name="Key">Its label in CBOR; null where that is the text.</param>
/// <param name="Type">What its value is.</param>
internal sealed record SenMlFieldFormat(SenMlLabel Label, string Text, int? Key, SenMlType Type)
{
    private static readonly SenMlFieldFormat[] Formats =
    [
        new(SenMlLabel.BaseVersion, "bver", -1, SenMlType.Version),
        new(SenMlLabel.BaseName, "bn", -2, SenMlType.Text),
        new(SenMlLabel.BaseTime, "bt", -3, SenMlType.Number),
        new(SenMlLabel.BaseUnit, "bu", -4, SenMlType.Text),
        new(SenMlLabel.BaseValue, "bv", -5, SenMlType.Number),
        new(SenMlLabel.BaseSum, "bs", -6, SenMlType.Number),
        new(SenMlLabel.BaseContentFormat, "bct", null, SenMlType.Text),
        new(SenMlLabel.Name, "n", 0, SenMlType.Text),
        new(SenMlLabel.Unit, "u", 1, SenMlType.Text),
        new(SenMlLabel.Time, "t", 6, SenMlType.Number),
        new(SenMlLabel.Value, "v", 2, SenMlType.Number),
        new(SenMlLabel.StringValue, "vs", 3, SenMlType.Text),
        new(SenMlLabel.BooleanValue, "vb", 4, SenMlType.Boolean),
        new(SenMlLabel.DataValue, "vd", 8, SenMlType.Data),
        new(SenMlLabel.Sum, "s", 5, SenMlType.Number),
        new(SenMlLabel.UpdateTime, "ut", 7, SenMlType.Number),
        new(SenMlLabel.ContentFormat, "ct", null, SenMlType.Text),
    ];

    /// <summary>All fields that are known, in the order of their numbers.</summary>
    public static ReadOnlySpan<SenMlFieldFormat> All => Formats;

    /// <summary>Whether it holds for the records after it, too (§4.1).</summary>
    public bool IsBase => Text[0] == 'b';

    /// <summary>The format of a field.</summary>
    public static SenMlFieldFormat Of(SenMlLabel label) => Formats[(int)label];

    /// <summary>The field with a label; null when it is not known.</summary>
    public static SenMlFieldFormat? Find(string text)
    {
        foreach (var format in Formats)
        {
            if (format.Text == text)
            {
                return format;
            }
        }

        return null;
    }

    /// <summary>The field with a label in CBOR that is a number; null when it is not known.</summary>
    public static SenMlFieldFormat? Find(Int128 key)
    {
        foreach (var format in Formats)
        {
            if (format.Key == key)
            {
                return format;
            }
        }

        return null;
    }
}
