namespace Edge.Storage;

/// <summary>Keys from one to another, both included.</summary>
internal readonly record struct KeyRange(long First, long Last)
{
    public bool Contains(long key) => key >= First && key <= Last;

    /// <summary>The same keys in as few ranges as they need, in order.</summary>
    public static List<KeyRange> Merge(List<KeyRange> ranges)
    {
        var merged = new List<KeyRange>(ranges.Count);
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, range.Last) };
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged;
    }
}
