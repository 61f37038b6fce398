namespace Edge.Load.Reporting;

/// <summary>What one run of one scenario gave.</summary>
internal sealed record LoadResult
{
    /// <summary>The measured numbers, the most telling first.</summary>
    internal required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>What the load itself cost.</summary>
    internal required LoadCost Cost { get; init; }

    /// <summary>Messages that should have arrived, or been acknowledged where nobody receives.</summary>
    internal long Expected { get; init; }

    /// <summary>Messages that did not.</summary>
    internal long Lost { get; init; }

    /// <summary>Messages that arrived more than once.</summary>
    internal long Repeated { get; init; }

    /// <summary>Messages that the load had to send again.</summary>
    internal long Resent { get; init; }
}
