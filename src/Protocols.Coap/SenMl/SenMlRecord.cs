namespace Edge.Protocols.Coap.SenMl;

/// <summary>One record of a pack, as it came or resolved (RFC 8428 §4).</summary>
internal sealed class SenMlRecord
{
    private readonly SenMlField?[] _fields = new SenMlField?[SenMlFieldFormat.All.Length];

    /// <summary>Fields that are not known, and are no base fields: their labels, and their values as they stand in the pack.</summary>
    public List<(string Label, ReadOnlyMemory<byte> Octets)> Others { get; } = [];

    /// <summary>A field; null when it is not there.</summary>
    public SenMlField? this[SenMlLabel label]
    {
        get => _fields[(int)label];
        set => _fields[(int)label] = value;
    }
}
