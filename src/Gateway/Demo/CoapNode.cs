using System.Net;
using System.Text;
using Edge.Protocols.Coap.Codec;

namespace Edge.Gateway.Demo;

/// <summary>A simulated CoAP device: asks, and asks again until the answer comes.</summary>
internal sealed class CoapNode(IPEndPoint gateway, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(2);

    private readonly UdpLine _line = new(gateway);
    private readonly byte[] _frame = new byte[256];
    private ushort _lastMessageId;

    /// <summary>Publishes; completes when the gateway has the message.</summary>
    public Task PublishAsync(string topic, string text)
    {
        var writer = new CoapWriter(_frame, CoapType.Confirmable, CoapCode.Post, ++_lastMessageId);
        WritePath(ref writer, topic);
        writer.WritePayload(Encoding.ASCII.GetBytes(text));
        return AskAsync(_frame.AsMemory(0, writer.Written), CoapCode.Changed);
    }

    /// <summary>Observes a topic; every message of it comes from then on, at QoS 1.</summary>
    public Task ObserveAsync(string topic)
    {
        var writer = new CoapWriter(_frame, CoapType.Confirmable, CoapCode.Get, ++_lastMessageId, [1]);
        writer.WriteOption(OptionNumber.Observe, 0);
        WritePath(ref writer, topic);
        writer.WriteOption(OptionNumber.UriQuery, "qos=1");
        return AskAsync(_frame.AsMemory(0, writer.Written), CoapCode.Content);
    }

    /// <summary>Waits for the next notification, and acknowledges it.</summary>
    public async Task<string> HearAsync(CancellationToken stopping)
    {
        while (true)
        {
            var frame = await _line.ReceiveAsync(stopping);
            if (TryRead(frame, out var type, out _, out _, out var text) && type == CoapType.Confirmable)
            {
                await _line.SendAsync((byte[])[0x60, 0, frame[2], frame[3]]);
                return text;
            }
        }
    }

    public void Dispose() => _line.Dispose();

    private static void WritePath(ref CoapWriter writer, string topic)
    {
        foreach (var segment in (string[])["ps", .. topic.Split('/')])
        {
            writer.WriteOption(OptionNumber.UriPath, segment);
        }
    }

    private static bool TryRead(byte[] frame, out CoapType type, out CoapCode code, out ushort messageId, out string text)
    {
        var isRead = CoapMessage.TryParse(frame, out var message, out _);
        (type, code, messageId, text) = (message.Type, message.Code, message.MessageId, Encoding.ASCII.GetString(message.Payload));
        return isRead;
    }

    private async Task AskAsync(ReadOnlyMemory<byte> question, CoapCode expected)
    {
        while (true)
        {
            await _line.SendAsync(question);
            using var retry = new CancellationTokenSource(AckTimeout, clock);
            try
            {
                while (true)
                {
                    var frame = await _line.ReceiveAsync(retry.Token);
                    if (TryRead(frame, out var type, out var code, out var messageId, out _) && type == CoapType.Acknowledgement && messageId == _lastMessageId && code == expected)
                    {
                        return;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // No answer in time: the message or its answer was lost, so it is sent again.
            }
        }
    }
}
