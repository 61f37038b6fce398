using System.Globalization;

namespace Edge.Load.Reporting;

/// <summary>One run's result on one line, for the log of a comparison and for a single run.</summary>
internal static class RoundLine
{
    internal static string Of(LoadResult result)
    {
        var parts = result.Figures.Select(figure => $"{figure.Name} {Table.Number(figure.Value)} {figure.Unit}").ToList();
        var cost = result.Cost;
        parts.Add(Invariant($"lost {result.Lost:N0} of {result.Expected:N0}"));
        if (result.Repeated > 0)
        {
            parts.Add(Invariant($"repeated {result.Repeated:N0}"));
        }

        if (result.Resent > 0)
        {
            parts.Add(Invariant($"resent {result.Resent:N0}"));
        }

        parts.Add(Invariant($"took {cost.Elapsed.TotalSeconds:N2} s"));
        parts.Add(Invariant($"generator CPU {cost.GeneratorCpu.TotalSeconds:N2} s"));
        if (cost.Server is { } server)
        {
            parts.Add(Invariant($"server CPU {server.Cpu.TotalSeconds:N2} s"));
            parts.Add(Invariant($"RSS {server.ResidentKiB / 1024.0:N1} MiB (peak {server.PeakKiB / 1024.0:N1})"));
            parts.Add(Invariant($"wrote {server.WrittenBytes / 1024.0:N0} KiB"));
        }

        return string.Join(", ", parts);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
