namespace Edge.Protocols.Coap.Reliability;

/// <summary>Timing of Confirmable messages (RFC 7252 §4.2 and §4.8).</summary>
public sealed record CoapTransmission
{
    /// <summary>MAX_LATENCY: longest way of a datagram through the network (§4.8.2). Seconds.</summary>
    public static readonly TimeSpan MaxLatency = TimeSpan.FromSeconds(100);

    /// <summary>ACK_TIMEOUT: least wait for an Acknowledgement. Seconds; RFC default 2 s, at least 1 s (§4.8.1).</summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>ACK_RANDOM_FACTOR: spread of the first wait, without unit, ≥ 1.0. Keeps nodes that lost power together apart.</summary>
    public double AckRandomFactor { get; init; } = 1.5;

    /// <summary>MAX_RETRANSMIT: sends after the first one; 0 to 20. The last waits 16 × the first with the default, then the exchange has failed.</summary>
    public int MaxRetransmit { get; init; } = 4;

    /// <summary>MAX_TRANSMIT_SPAN: from the first send of a Confirmable message to its last (§4.8.2).</summary>
    public TimeSpan MaxTransmitSpan => AckTimeout * ((1 << MaxRetransmit) - 1) * AckRandomFactor;

    /// <summary>EXCHANGE_LIFETIME: how long a Confirmable message may yet be repeated, so that its Message ID means it (§4.8.2). 247 s with the defaults.</summary>
    public TimeSpan ExchangeLifetime => MaxTransmitSpan + (2 * MaxLatency) + AckTimeout;

    /// <summary>NON_LIFETIME: the same for a Non-confirmable message (§4.8.2). 145 s with the defaults.</summary>
    public TimeSpan NonLifetime => MaxTransmitSpan + MaxLatency;

    /// <summary>Wait after the n-th send, n counted from 0: a random first wait, doubled each time.</summary>
    /// <param name="attempt">0 for the first send, up to <see cref="MaxRetransmit"/>.</param>
    /// <param name="draw">Uniform in [0, 1), drawn once for each exchange.</param>
    public TimeSpan TimeoutAfter(int attempt, double draw)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(attempt, MaxRetransmit);
        return AckTimeout * (1 + (draw * (AckRandomFactor - 1))) * (1 << attempt);
    }
}
