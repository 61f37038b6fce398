using System.Globalization;

namespace Edge.Gateway.Configuration;

/// <summary>Sizes in octets as the configuration writes them: <c>"512B"</c>, <c>"64KiB"</c>, <c>"256MiB"</c>, <c>"2GiB"</c>, <c>"1TiB"</c>.</summary>
internal static class SizeText
{
    private static readonly (string Unit, long Octets)[] Units =
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1L)];

    /// <summary>Reads a size; false when the text is none or does not fit 63 bits.</summary>
    public static bool TryParse(string text, out long octets)
    {
        octets = 0;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        var unit = Array.Find(Units, unit => text.AsSpan(digits).SequenceEqual(unit.Unit)).Octets;
        if (unit == 0 || count > long.MaxValue / unit)
        {
            return false;
        }

        octets = count * unit;
        return true;
    }

    /// <summary>Writes a size in the largest unit that holds it without rest.</summary>
    public static string Format(long octets)
    {
        var (unit, length) = Units.First(unit => octets % unit.Octets == 0 && (octets != 0 || unit.Octets == 1));
        return string.Create(CultureInfo.InvariantCulture, $"{octets / length}{unit}");
    }
}
