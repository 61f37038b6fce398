using System.Globalization;

namespace Edge.Gateway.Configuration;

/// <summary>Durations as the configuration writes them: a whole number and one unit, <c>"500ms"</c>, <c>"10s"</c>, <c>"15m"</c>, <c>"12h"</c>, <c>"7d"</c>; or <c>"0"</c>.</summary>
internal static class DurationText
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
    ];

    /// <summary>Reads a duration; false when the text is none or is longer than a <see cref="TimeSpan"/> holds.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text is "0")
        {
            return true;
        }

        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        var unit = Array.Find(Units, unit => text.AsSpan(digits).SequenceEqual(unit.Unit)).Length;
        if (unit == default || count > TimeSpan.MaxValue.Ticks / unit.Ticks)
        {
            return false;
        }

        duration = count * unit;
        return true;
    }

    /// <summary>Writes a duration in the largest unit that holds it without rest.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0";
        }

        var (unit, length) = Units.Where(unit => duration.Ticks % unit.Length.Ticks == 0).MaxBy(unit => unit.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / length.Ticks}{unit}");
    }
}
