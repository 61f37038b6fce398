using System.Globalization;

namespace Edge.Gateway.Configuration;

/// <summary>Rates as the configuration writes them: an amount and a time, <c>"500/s"</c>, <c>"1000/10s"</c>, <c>"64KiB/s"</c>; or <c>"0"</c>.</summary>
internal static class RateText
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Reads a rate of things that are counted.</summary>
    public static bool TryParseCount(string text, out Rate rate) => TryParse(
        text, amount => long.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0, out rate);

    /// <summary>Reads a rate of octets.</summary>
    public static bool TryParseSize(string text, out Rate rate) =>
        TryParse(text, amount => SizeText.TryParse(amount, out var octets) ? octets : 0, out rate);

    /// <summary>Writes a rate.</summary>
    public static string Format(Rate rate) =>
        rate.IsLimited ? string.Create(CultureInfo.InvariantCulture, $"{rate.Amount}/{DurationText.Format(rate.Period)}") : "0";

    private static bool TryParse(string text, Func<string, long> readAmount, out Rate rate)
    {
        rate = default;
        if (text is "0")
        {
            return true;
        }

        if (text.Split('/') is not [var amount, { Length: > 0 } time])
        {
            return false;
        }

        // A unit alone is one of it.
        var count = readAmount(amount);
        if (count <= 0 || !DurationText.TryParse(char.IsAsciiDigit(time[0]) ? time : $"1{time}", out var period) || period < ShortestPeriod)
        {
            return false;
        }

        rate = new Rate(count, period);
        return true;
    }
}
