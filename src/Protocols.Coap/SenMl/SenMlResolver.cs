using System.Buffers;

namespace Edge.Protocols.Coap.SenMl;

/// <summary>Applies the base fields of a pack to its records, one after the other (RFC 8428 §4.6).</summary>
/// <param name="now">What relative times are relative to, in seconds since 1970.</param>
internal sealed class SenMlResolver(SenMlNumber now)
{
    /// <summary>Octets of a name, and of any base field: each record has its own copy.</summary>
    private const int MaxOctets = 512;

    /// <summary>Times from here on are absolute (§4.5.3).</summary>
    private const double FirstAbsoluteTime = 1 << 28;

    /// <summary>What RFC 8428 is.</summary>
    private const long DefaultVersion = 10;

    /// <summary>The same with units of RFC 8798, which are passed on like any other (RFC 9100 §4).</summary>
    private const long VersionWithSecondaryUnits = 26;

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:./_");

    private readonly SenMlRecord _bases = new();
    private long? _version;

    /// <summary>Resolves the next record.</summary>
    /// <param name="record">The record as it came.</param>
    /// <param name="resolved">The record by itself; null when it has base fields only, which hold for those after it.</param>
    /// <param name="why">What is wrong, for the client.</param>
    public bool TryResolve(SenMlRecord record, out SenMlRecord? resolved, out string why)
    {
        resolved = null;
        if (!TryTakeBases(record, out var hasOnlyBases, out why) || hasOnlyBases)
        {
            return why.Length == 0;
        }

        resolved = new SenMlRecord();
        resolved.Others.AddRange(record.Others);
        resolved[SenMlLabel.BaseVersion] = _version == DefaultVersion ? null : _bases[SenMlLabel.BaseVersion];
        resolved[SenMlLabel.Unit] = record[SenMlLabel.Unit] ?? _bases[SenMlLabel.BaseUnit];
        resolved[SenMlLabel.UpdateTime] = record[SenMlLabel.UpdateTime];
        return TryName(record, resolved, out why) && TryDate(record, resolved, out why) && TryValue(record, resolved, out why);
    }

    private bool TryTakeBases(SenMlRecord record, out bool hasOnlyBases, out string why)
    {
        var (bases, others) = (0, 0);
        (hasOnlyBases, why) = (false, "");
        foreach (var format in SenMlFieldFormat.All)
        {
            if (record[format.Label] is not { } field)
            {
                continue;
            }

            others += format.IsBase ? 0 : 1;
            if (format.IsBase)
            {
                bases++;
                _bases[format.Label] = field;
                if (field.Octets.Length > MaxOctets)
                {
                    why = $"{format.Text} is longer than {MaxOctets} octets";
                    return false;
                }
            }
        }

        hasOnlyBases = bases > 0 && others == 0;
        return TryTakeVersion(record[SenMlLabel.BaseVersion], out why);
    }

    /// <summary>All records have the same version, one that is understood (§4.4).</summary>
    private bool TryTakeVersion(SenMlField? field, out string why)
    {
        var version = field is null ? _version ?? DefaultVersion : field.Number.Whole ?? long.MaxValue;
        why = version is > DefaultVersion and not VersionWithSecondaryUnits ? $"version {field?.Number} is not understood"
            : _version is { } before && before != version ? "records are of several versions" : "";
        _version = version;
        return why.Length == 0;
    }

    /// <summary>Base Name and Name together name the sensor (§4.5.1).</summary>
    private bool TryName(SenMlRecord record, SenMlRecord resolved, out string why)
    {
        var name = _bases[SenMlLabel.BaseName]?.Text + record[SenMlLabel.Name]?.Text;
        resolved[SenMlLabel.Name] = new SenMlField(default, Text: name);
        why = name.Length == 0 ? "no name"
            : name.Length > MaxOctets ? $"a name is longer than {MaxOctets} octets"
            : !char.IsAsciiLetterOrDigit(name[0]) ? "a name begins with neither a letter nor a digit"
            : name.AsSpan().ContainsAnyExcept(NameLetters) ? "a name holds other than letters, digits and - : . / _" : "";
        return why.Length == 0;
    }

    /// <summary>Base Time and Time together are when it was; what is too small to be a date is relative to now (§4.5.3).</summary>
    private bool TryDate(SenMlRecord record, SenMlRecord resolved, out string why)
    {
        var isDate = TryAdd(_bases[SenMlLabel.BaseTime], record[SenMlLabel.Time], out var time);
        time ??= new SenMlField(default, SenMlNumber.Of(0));
        if (isDate && time.Number.ToDouble() < FirstAbsoluteTime)
        {
            isDate = SenMlNumber.TryAdd(time.Number, now, out var absolute) && absolute.ToDouble() >= FirstAbsoluteTime;
            time = new SenMlField(default, absolute);
        }

        resolved[SenMlLabel.Time] = time;
        why = isDate ? "" : "t is no time";
        return isDate;
    }

    /// <summary>One value, and a sum, or either of them (§4.2, §4.5.4).</summary>
    private bool TryValue(SenMlRecord record, SenMlRecord resolved, out string why)
    {
        var values = 0;
        foreach (var label in (ReadOnlySpan<SenMlLabel>)[SenMlLabel.Value, SenMlLabel.StringValue, SenMlLabel.BooleanValue, SenMlLabel.DataValue])
        {
            resolved[label] = record[label];
            values += record[label] is null ? 0 : 1;
        }

        // RFC 9193 §4.
        resolved[SenMlLabel.ContentFormat] = record[SenMlLabel.ContentFormat] ?? (record[SenMlLabel.DataValue] is null ? null : _bases[SenMlLabel.BaseContentFormat]);
        var isAdded = TryAdd(_bases[SenMlLabel.BaseSum], record[SenMlLabel.Sum], out var sum);
        resolved[SenMlLabel.Sum] = sum;
        if (record[SenMlLabel.Value] is not null || values == 0)
        {
            isAdded &= TryAdd(_bases[SenMlLabel.BaseValue], record[SenMlLabel.Value], out var value);
            resolved[SenMlLabel.Value] = value;
        }

        why = values > 1 ? "more than one value"
            : !isAdded ? "a value and its base are too large together"
            : values == 0 && resolved[SenMlLabel.Value] is null && sum is null ? "no value" : "";
        return why.Length == 0;
    }

    /// <summary>Adds two fields; one alone stays as it came. Null when there is neither. False when the sum is too large.</summary>
    private static bool TryAdd(SenMlField? one, SenMlField? other, out SenMlField? sum)
    {
        sum = one ?? other;
        if (one is null || other is null)
        {
            return true;
        }

        var isAdded = SenMlNumber.TryAdd(one.Number, other.Number, out var number);
        sum = new SenMlField(default, number);
        return isAdded;
    }
}
