namespace Edge.Load.Reporting;

/// <summary>Percentiles of measured times.</summary>
internal static class Percentiles
{
    /// <summary>p50 and p99, in milliseconds, of intervals in timestamp ticks.</summary>
    internal static Figure[] Of(string scenario, List<long> ticks)
    {
        ticks.Sort();
        return [At(0.50, "p50"), At(0.99, "p99")];

        Figure At(double share, string name)
        {
            var value = ticks.Count == 0 ? double.NaN : Milliseconds(ticks[Math.Min(ticks.Count - 1, (int)(share * ticks.Count))]);
            return new($"{scenario} {name}", value, "ms", MoreIsBetter: false);
        }
    }

    private static double Milliseconds(long ticks) => ticks * 1e3 / TimeProvider.System.TimestampFrequency;
}
