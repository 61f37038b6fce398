namespace Edge.Gateway.Configuration;

/// <summary>So much in so long. The default value is no limit.</summary>
/// <param name="Amount">Messages, octets or connections; 0 for any number.</param>
/// <param name="Period">In which time; a second at least.</param>
internal readonly record struct Rate(long Amount, TimeSpan Period)
{
    /// <summary>Whether there is a limit.</summary>
    public bool IsLimited => Amount > 0;

    /// <inheritdoc/>
    public override string ToString() => RateText.Format(this);
}
