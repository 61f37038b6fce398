using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.Messaging.Wire;

namespace Edge.Gateway.Demo;

/// <summary>A sensor that publishes a reading over MQTT-SN at QoS 1, sends it again while no PUBACK comes, and only then goes on.</summary>
internal sealed class MqttSnSensor(string name, IPEndPoint gateway, TimeSpan interval, DemoLedger ledger, TimeProvider clock) : IDisposable
{
    private const byte Connect = 0x04;
    private const byte ConnAck = 0x05;
    private const byte Register = 0x0A;
    private const byte RegAck = 0x0B;
    private const byte Publish = 0x0C;
    private const byte PubAck = 0x0D;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly UdpClient _socket = new(gateway.AddressFamily);
    private readonly byte[] _frame = new byte[256];

    /// <summary>Publishes until it is stopped; the reading under way is finished.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        _socket.Connect(gateway);
        await AskAsync(ConnectFrame(), answer => answer is [3, ConnAck, 0]);
        var registered = await AskAsync(RegisterFrame(), answer => answer is [7, RegAck, _, _, _, _, 0]);
        var topicId = (ushort)((registered[2] << 8) | registered[3]);

        for (var number = 1; !stopping.IsCancellationRequested; number++)
        {
            var msgId = (ushort)(1 + (number % ushort.MaxValue));
            var (high, low) = ((byte)(msgId >> 8), (byte)msgId);
            await AskAsync(
                PublishFrame(topicId, msgId, number),
                answer => answer is [7, PubAck, _, _, _, _, 0] && answer[4] == high && answer[5] == low);
            ledger.Acknowledge($"{name} {number}");
            await Task.Delay(interval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _socket.Dispose();

    private ReadOnlyMemory<byte> ConnectFrame()
    {
        var frame = new WireWriter(_frame);
        frame.WriteByte((byte)(6 + name.Length));
        frame.WriteByte(Connect);
        frame.WriteByte(0x04); // CleanSession
        frame.WriteByte(0x01); // ProtocolId
        frame.WriteUInt16(60);
        frame.WriteBytes(Encoding.ASCII.GetBytes(name));
        return _frame.AsMemory(0, frame.Written);
    }

    private ReadOnlyMemory<byte> RegisterFrame()
    {
        var topic = Encoding.ASCII.GetBytes($"sensors/{name}");
        var frame = new WireWriter(_frame);
        frame.WriteByte((byte)(6 + topic.Length));
        frame.WriteByte(Register);
        frame.WriteUInt16(0);
        frame.WriteUInt16(1);
        frame.WriteBytes(topic);
        return _frame.AsMemory(0, frame.Written);
    }

    private ReadOnlyMemory<byte> PublishFrame(ushort topicId, ushort msgId, int number)
    {
        var data = Encoding.ASCII.GetBytes($"{name} {number}");
        var frame = new WireWriter(_frame);
        frame.WriteByte((byte)(7 + data.Length));
        frame.WriteByte(Publish);
        frame.WriteByte(0x20); // QoS 1
        frame.WriteUInt16(topicId);
        frame.WriteUInt16(msgId);
        frame.WriteBytes(data);
        return _frame.AsMemory(0, frame.Written);
    }

    private async Task<byte[]> AskAsync(ReadOnlyMemory<byte> question, Predicate<byte[]> isAnswer)
    {
        while (true)
        {
            await _socket.SendAsync(question);
            using var retry = new CancellationTokenSource(RetryInterval, clock);
            try
            {
                while (true)
                {
                    var answer = (await _socket.ReceiveAsync(retry.Token)).Buffer;
                    if (isAnswer(answer))
                    {
                        return answer;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // No answer in time: the datagram or its answer was lost, so it is sent again.
            }
        }
    }
}
