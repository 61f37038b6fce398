namespace Edge.LocalBroker.Retained;

/// <summary>How much may be retained. What the gateway says of itself is beside it.</summary>
/// <param name="Messages">Messages.</param>
/// <param name="Octets">Octets of all of them: topic, payload and properties.</param>
/// <param name="Size">Octets of one.</param>
internal readonly record struct RetainedLimits(long Messages, long Octets, long Size)
{
    /// <summary>Any number of them, of any size.</summary>
    public static RetainedLimits None { get; } = new(long.MaxValue, long.MaxValue, long.MaxValue);

    /// <summary>The limits of a broker, where 0 means none.</summary>
    public static RetainedLimits For(BrokerOptions options) =>
        new(OrNone(options.MaxRetainedMessages), OrNone(options.MaxRetainedBytes), OrNone(options.MaxRetainedSize));

    private static long OrNone(long limit) => limit == 0 ? long.MaxValue : limit;
}
