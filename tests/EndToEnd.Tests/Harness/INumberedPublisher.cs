namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A publisher that keeps what was not acknowledged and sends it again, over every loss of its connection.</summary>
internal interface INumberedPublisher : IAsyncDisposable
{
    /// <summary>Payloads in the order in which their acknowledgements came: PUBACK at QoS 1, PUBREC at QoS 2.</summary>
    Journal<string> Acknowledged { get; }

    /// <summary>Connects for the first time.</summary>
    Task StartAsync();

    /// <summary>Waits for room in the window and sends; the acknowledgement comes later.</summary>
    Task SendAsync(string topic, string payload, int qos);
}
