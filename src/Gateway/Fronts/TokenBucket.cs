using Edge.Gateway.Configuration;

namespace Edge.Gateway.Fronts;

/// <summary>Tokens come at a rate, and as many as come in its period may be saved up. For any thread; without a lock.</summary>
/// <remarks>
/// Who takes more than there are gets them and leaves a debt, which time pays. So what is larger than the bucket passes, too, and the rate
/// holds all the same. All there is to remember is one time stamp: when the debt is paid, or in the past, by as much as is saved up.
/// </remarks>
internal sealed class TokenBucket
{
    private readonly TokenRate _rate;
    private long _paidAt = long.MinValue;

    /// <summary>A full bucket.</summary>
    /// <param name="rate">The rate; it must be limited.</param>
    /// <param name="clock">Whose time stamps are used.</param>
    public TokenBucket(Rate rate, TimeProvider clock) => _rate = new TokenRate(rate, clock);

    /// <summary>A bucket for a rate; null where there is no limit.</summary>
    public static TokenBucket? For(Rate rate, TimeProvider clock) => rate.IsLimited ? new TokenBucket(rate, clock) : null;

    /// <summary>Takes tokens, whether they are there or not.</summary>
    /// <returns>From when on more may be taken; in the past when they may at once.</returns>
    public long Take(long tokens, long now)
    {
        var before = Volatile.Read(ref _paidAt);
        while (true)
        {
            var after = _rate.After(before, tokens, now);
            var found = Interlocked.CompareExchange(ref _paidAt, after, before);
            if (found == before)
            {
                return after;
            }

            before = found;
        }
    }

    /// <summary>Whether a debt has yet to be paid.</summary>
    public bool IsInDebt(long now) => Volatile.Read(ref _paidAt) > now;
}
