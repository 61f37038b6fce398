using System.Threading.Channels;
using Edge.Serial.Ports;

namespace Edge.Gateway.Demo;

/// <summary>By a serial wire: messages one after another, told apart by their Length.</summary>
internal sealed class WireLine : ISensorLine
{
    private readonly SimulatedPort _wire;
    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();
    private readonly Task _listening;

    public WireLine(SimulatedPort wire)
    {
        _wire = wire;
        _listening = Task.Factory.StartNew(Listen, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        _wire.Write(message.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> ReceiveAsync(CancellationToken cancellation) => _received.Reader.ReadAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _wire.Dispose();
        _listening.Wait();
    }

    private void Listen()
    {
        var buffer = new byte[256];
        var message = new List<byte>();
        while (_wire.Read(buffer) is > 0 and var count)
        {
            foreach (var octet in buffer.AsSpan(0, count))
            {
                message.Add(octet);
                if (message.Count >= message[0])
                {
                    _received.Writer.TryWrite([.. message]);
                    message.Clear();
                }
            }
        }
    }
}
