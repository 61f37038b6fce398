using System.IO.Pipelines;
using System.Net.WebSockets;
using Edge.Messaging.Wire;

namespace Edge.Gateway.Fronts;

/// <summary>A WebSocket as a stream of octets: MQTT packets lie in its binary frames without regard to where one ends ([MQTT-6.0.0-2]).</summary>
/// <remarks>
/// Two pumps move octets between the WebSocket and bounded pipes. While the loop reads nothing, nothing more is received; while the other
/// side takes nothing in, nothing more is flushed. An idle connection holds no buffer. A frame that is sent holds whole packets.
/// </remarks>
/// <param name="socket">The WebSocket.</param>
/// <param name="refused">Counts a frame that may not be, with its octets as far as they were read.</param>
internal sealed class WebSocketTransport(WebSocket socket, Action<ParseError, int> refused) : IDuplexPipe
{
    /// <summary>How long the other side may take to answer our Close frame.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    /// <summary>Continuations run where they arise, as on a plain connection.</summary>
    private static readonly PipeOptions Bounds = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, useSynchronizationContext: false);

    private readonly Pipe _received = new(Bounds);
    private readonly Pipe _toSend = new(Bounds);
    private Task _receiving = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;
    private WebSocketCloseStatus _closeStatus = WebSocketCloseStatus.NormalClosure;

    /// <inheritdoc/>
    public PipeReader Input => _received.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _toSend.Writer;

    /// <summary>Moves octets until <see cref="CloseAsync"/> has ended, or the connection.</summary>
    public Task RunAsync()
    {
        _receiving = ReceiveAsync();
        _sending = SendAsync();
        return Task.WhenAll(_receiving, _sending);
    }

    /// <summary>Sends what is left, then a Close frame, and waits for the other side's.</summary>
    /// <param name="clock">For the limit.</param>
    /// <param name="abort">Cuts the connection of whoever does not answer in time.</param>
    public async Task CloseAsync(TimeProvider clock, Action abort)
    {
        await Output.CompleteAsync();
        await Input.CompleteAsync();
        try
        {
            await Task.WhenAll(_sending, _receiving).WaitAsync(CloseLimit, clock);
        }
        catch (TimeoutException)
        {
            abort();
        }
    }

    private async Task ReceiveAsync()
    {
        var writer = _received.Writer;
        try
        {
            while (true)
            {
                // Waits without a buffer.
                var result = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (result is { MessageType: WebSocketMessageType.Binary, EndOfMessage: false })
                {
                    result = await socket.ReceiveAsync(writer.GetMemory(), CancellationToken.None);
                }

                if (result.MessageType == WebSocketMessageType.Text)
                {
                    // [MQTT-6.0.0-1]
                    refused(ParseError.OutOfSequence, result.Count);
                    _closeStatus = WebSocketCloseStatus.InvalidMessageType;
                }

                if (result.MessageType != WebSocketMessageType.Binary)
                {
                    break;
                }

                // What comes after the loop has ended goes nowhere, until the other side closes, too.
                writer.Advance(result.Count);
                await writer.FlushAsync();
            }
        }
        catch (WebSocketException fault) when (fault.WebSocketErrorCode == WebSocketError.Faulted)
        {
            refused(ParseError.ReservedValue, 0);
        }
        catch (Exception gone) when (IsEnd(gone))
        {
            // The loop learns it by the end of its input.
        }

        await writer.CompleteAsync();
    }

    private async Task SendAsync()
    {
        var reader = _toSend.Reader;
        try
        {
            ReadResult result;
            do
            {
                result = await reader.ReadAsync();
                foreach (var packets in result.Buffer)
                {
                    await socket.SendAsync(packets, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
                }

                reader.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);

            await socket.CloseOutputAsync(_closeStatus, null, CancellationToken.None);
        }
        catch (Exception gone) when (IsEnd(gone))
        {
            // The loop learns it by the end of its output.
        }

        await reader.CompleteAsync();
    }

    private static bool IsEnd(Exception fault) => fault is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;
}
