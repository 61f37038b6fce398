namespace Edge.Load.Reporting;

/// <summary>The results of all rounds of one scenario against one server.</summary>
internal sealed class Series
{
    private readonly List<LoadResult> _rounds = [];

    internal bool IsEmpty => _rounds.Count == 0;

    /// <summary>The figures' names and units; the values are those of one round.</summary>
    internal IReadOnlyList<Figure> Shape => _rounds[0].Figures;

    internal void Add(LoadResult result) => _rounds.Add(result);

    /// <summary>The median of the rounds; not a number when there is none.</summary>
    internal double Median(Func<LoadResult, double> value)
    {
        if (IsEmpty)
        {
            return double.NaN;
        }

        var sorted = _rounds.Select(value).Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The median of the figure at a position.</summary>
    internal double Figure(int index) => Median(result => index < result.Figures.Count ? result.Figures[index].Value : double.NaN);
}
