using Edge.Gateway.Configuration;

namespace Edge.Gateway.Fronts;

/// <summary>What tokens cost in time, and how much of it may be saved up: what comes in the period of the rate.</summary>
internal readonly struct TokenRate
{
    private readonly double _perToken;
    private readonly long _saved;

    /// <param name="rate">The rate; it must be limited.</param>
    /// <param name="clock">Whose time stamps are used.</param>
    public TokenRate(Rate rate, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate.Amount, 1);
        var period = rate.Period.TotalSeconds * clock.TimestampFrequency;
        _perToken = period / rate.Amount;

        // The last token of a full bucket is taken at the very moment when it was paid for.
        _saved = (long)(period - _perToken);
    }

    /// <summary>Until when tokens taken now are paid for.</summary>
    /// <param name="paidAt">Until when those before were; <see cref="long.MinValue"/> when there were none.</param>
    /// <param name="tokens">How many.</param>
    /// <param name="now">The time stamp.</param>
    public long After(long paidAt, long tokens, long now) => Math.Max(paidAt, now - _saved) + (long)Math.Ceiling(tokens * _perToken);
}
