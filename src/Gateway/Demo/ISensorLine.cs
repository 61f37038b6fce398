namespace Edge.Gateway.Demo;

/// <summary>How a simulated MQTT-SN node reaches the gateway: whole messages in and out, either may be lost.</summary>
internal interface ISensorLine : IDisposable
{
    /// <summary>Sends one message.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> message);

    /// <summary>Waits for the next message.</summary>
    ValueTask<byte[]> ReceiveAsync(CancellationToken cancellation);
}
