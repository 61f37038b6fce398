namespace Edge.Bridge;

/// <summary>Waits between attempts: each twice the one before up to a ceiling, and each spread at random, so that gateways which lost the
/// same upstream do not come back at the same moment.</summary>
/// <param name="minimum">First wait, before the spread.</param>
/// <param name="maximum">Longest wait.</param>
/// <param name="draw">Gives numbers uniform in [0, 1).</param>
internal sealed class Backoff(TimeSpan minimum, TimeSpan maximum, Func<double> draw)
{
    private TimeSpan? _whole;

    /// <summary>The next wait: between half and the whole of what it is due to be.</summary>
    public TimeSpan Next()
    {
        var whole = _whole ?? minimum;
        _whole = whole * 2 < maximum ? whole * 2 : maximum;
        return whole * (1 - (draw() / 2));
    }

    /// <summary>Begins with the first wait again.</summary>
    public void Reset() => _whole = null;
}
