using System.Text;
using Edge.Messaging.Wire;

namespace Edge.Gateway.Demo;

/// <summary>A simulated MQTT-SN node: asks, and asks again until the answer comes.</summary>
internal sealed class MqttSnNode(string name, ISensorLine line, TimeProvider clock) : IDisposable
{
    private const byte Connect = 0x04;
    private const byte ConnAck = 0x05;
    private const byte Register = 0x0A;
    private const byte RegAck = 0x0B;
    private const byte Publish = 0x0C;
    private const byte PubAck = 0x0D;
    private const byte Subscribe = 0x12;
    private const byte SubAck = 0x13;
    private const byte PingReq = 0x16;
    private const byte PingResp = 0x17;
    private const byte Disconnect = 0x18;
    private const byte Qos1 = 0x20;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly byte[] _frame = new byte[256];
    private int _lastMsgId;

    public Task ConnectAsync() => AskAsync(
        Frame(Connect, [0x04 /* CleanSession */, 0x01 /* ProtocolId */, 0, 60, .. Encoding.ASCII.GetBytes(name)]), answer => answer is [3, ConnAck, 0]);

    /// <returns>The topic id.</returns>
    public async Task<ushort> RegisterAsync(string topic)
    {
        var msgId = NextMsgId();
        var answer = await AskAsync(
            Frame(Register, [0, 0, .. Octets(msgId), .. Encoding.ASCII.GetBytes(topic)]), answer => answer is [7, RegAck, .., 0] && IsFor(answer, msgId));
        return (ushort)((answer[2] << 8) | answer[3]);
    }

    /// <summary>Publishes at QoS 1; completes with the acknowledgement.</summary>
    public Task PublishAsync(ushort topicId, string text)
    {
        var msgId = NextMsgId();
        return AskAsync(
            Frame(Publish, [Qos1, .. Octets(topicId), .. Octets(msgId), .. Encoding.ASCII.GetBytes(text)]), answer => answer is [7, PubAck, .., 0] && IsFor(answer, msgId));
    }

    public Task SubscribeAsync(string topic)
    {
        var msgId = NextMsgId();
        return AskAsync(
            Frame(Subscribe, [Qos1, .. Octets(msgId), .. Encoding.ASCII.GetBytes(topic)]), answer => answer is [8, SubAck, .., 0] && IsFor(answer, msgId, at: 5));
    }

    /// <summary>Goes to sleep: nothing is sent to it until it asks.</summary>
    public Task SleepAsync(ushort seconds) => AskAsync(Frame(Disconnect, Octets(seconds)), answer => answer is [2, Disconnect]);

    /// <summary>Wakes up for what waits, acknowledges each message, and sleeps on.</summary>
    public Task FetchAsync(Action<string> take) => AskAsync(Frame(PingReq, Encoding.ASCII.GetBytes(name)), answer => answer is [2, PingResp], take);

    public void Dispose() => line.Dispose();

    private static byte[] Octets(ushort value) => [(byte)(value >> 8), (byte)value];

    private static bool IsFor(byte[] answer, ushort msgId, int at = 4) => ((answer[at] << 8) | answer[at + 1]) == msgId;

    private ushort NextMsgId() => (ushort)(1 + (_lastMsgId++ % ushort.MaxValue));

    private ReadOnlyMemory<byte> Frame(byte type, ReadOnlySpan<byte> body)
    {
        var frame = new WireWriter(_frame);
        frame.WriteByte((byte)(2 + body.Length));
        frame.WriteByte(type);
        frame.WriteBytes(body);
        return _frame.AsMemory(0, frame.Written);
    }

    private async Task<byte[]> AskAsync(ReadOnlyMemory<byte> question, Predicate<byte[]> isAnswer, Action<string>? take = null)
    {
        while (true)
        {
            await line.SendAsync(question);
            using var retry = new CancellationTokenSource(RetryInterval, clock);
            try
            {
                while (true)
                {
                    var answer = await line.ReceiveAsync(retry.Token);
                    if (isAnswer(answer))
                    {
                        return answer;
                    }

                    if (answer is [_, Publish, _, var topicHigh, var topicLow, var high, var low, .. var data])
                    {
                        take?.Invoke(Encoding.ASCII.GetString(data));
                        await line.SendAsync((byte[])[7, PubAck, topicHigh, topicLow, high, low, 0]);
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
