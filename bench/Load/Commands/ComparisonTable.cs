using Edge.Load.Reporting;
using Edge.Load.Servers;

namespace Edge.Load.Commands;

/// <summary>The gateway's figures beside those of its peers, with their ratio and what was asked for.</summary>
internal sealed class ComparisonTable
{
    private readonly Table _table = new(
        "scenario", "unit", "gateway", "peer", "is", "ratio", "better is", "target", "lost", "server CPU s", "RSS MiB", "written KiB", "generator CPU s");

    /// <summary>Targets that were missed.</summary>
    internal int Missed { get; private set; }

    /// <summary>Adds a row for each figure of a scenario; the first one alone when the gateway is compared with itself under another load.</summary>
    /// <param name="ours">The gateway's results; empty without it.</param>
    /// <param name="opponent">What it is compared with; null for nothing.</param>
    internal void Add(Series ours, Opponent? opponent = null)
    {
        var theirs = opponent?.Results ?? new Series();
        if (ours.IsEmpty && theirs.IsEmpty)
        {
            return;
        }

        var shape = (ours.IsEmpty ? theirs : ours).Shape;
        var rows = opponent?.Server is Gateway ? 1 : shape.Count;
        for (var i = 0; i < rows; i++)
        {
            var first = i == 0;
            var (our, their) = (ours.Figure(i), theirs.Figure(i));
            _table.Add(
                shape[i].Name,
                shape[i].Unit,
                Table.Number(our),
                Table.Number(their),
                first ? opponent?.Name ?? "-" : "",
                Table.Number(our / their),
                shape[i].MoreIsBetter ? "more" : "less",
                first && opponent?.LeastRatio is { } ratio ? Target(our / their, ratio, shape[i].MoreIsBetter, "×")
                    : shape[i].Goal is { } goal ? Target(our, goal, shape[i].MoreIsBetter, "") : "",
                first ? Pair(result => result.Lost) : "",
                first ? Pair(result => result.Cost.Server?.Cpu.TotalSeconds) : "",
                first ? Pair(result => result.Cost.Server?.ResidentKiB / 1024.0) : "",
                first ? Pair(result => result.Cost.Server?.WrittenBytes / 1024.0) : "",
                first ? Pair(result => result.Cost.GeneratorCpu.TotalSeconds) : "");
        }

        string Pair(Func<LoadResult, double?> value) => $"{MedianOf(ours, value)} / {MedianOf(theirs, value)}";

        static string MedianOf(Series series, Func<LoadResult, double?> value) =>
            Table.Number(series.Median(result => value(result) ?? double.NaN));
    }

    public override string ToString() => _table.ToString();

    private string Target(double value, double target, bool moreIsBetter, string unit)
    {
        var text = $"{(moreIsBetter ? '≥' : '≤')} {Table.Number(target)}{unit}";
        if (double.IsNaN(value) || (moreIsBetter ? value >= target : value <= target))
        {
            return text;
        }

        Missed++;
        return $"{text} missed";
    }
}
