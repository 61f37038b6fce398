using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Gateway.Demo;

/// <summary>A sensor that publishes a reading over MQTT at QoS 1 and waits for its PUBACK before the next.</summary>
internal sealed class MqttSensor(string name, IPEndPoint gateway, TimeSpan interval, DemoLedger ledger, TimeProvider clock)
{
    private const int MaxPacketSize = 1_024;

    /// <summary>Publishes until it is stopped; the reading under way is finished.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gateway, CancellationToken.None);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(ConnectPacket(), CancellationToken.None);
        Expect(await ReadPacketAsync(stream), packet =>
            ConnAck.TryParse(packet, MqttVersion.Mqtt311, out var connAck, out _) && connAck.ReasonCode == ReasonCode.Success);

        for (var number = 1; !stopping.IsCancellationRequested; number++)
        {
            var packetId = (ushort)(1 + (number % ushort.MaxValue));
            await stream.WriteAsync(PublishPacket(number, packetId), CancellationToken.None);
            Expect(await ReadPacketAsync(stream), packet =>
                PublishAck.TryParse(packet, PacketType.PubAck, MqttVersion.Mqtt311, out var pubAck, out _) && pubAck.PacketId == packetId);
            ledger.Acknowledge($"{name} {number}");
            await Task.Delay(interval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private byte[] ConnectPacket()
    {
        var connect = new Connect { Version = MqttVersion.Mqtt311, CleanStart = true, KeepAlive = 60, ClientId = Encoding.UTF8.GetBytes(name) };
        var packet = new byte[connect.Size()];
        connect.Write(packet);
        return packet;
    }

    private byte[] PublishPacket(int number, ushort packetId)
    {
        var publish = new Publish
        {
            Qos = QualityOfService.AtLeastOnce,
            PacketId = packetId,
            Topic = Encoding.UTF8.GetBytes($"sensors/{name}"),
            Payload = Encoding.UTF8.GetBytes($"{name} {number}"),
        };
        var packet = new byte[publish.Size(MqttVersion.Mqtt311)];
        publish.Write(packet, MqttVersion.Mqtt311);
        return packet;
    }

    private static async Task<byte[]> ReadPacketAsync(NetworkStream stream)
    {
        var packet = new byte[MaxPacketSize];
        for (var count = 0; ;)
        {
            var read = await stream.ReadAsync(packet.AsMemory(count, 1));
            if (read == 0)
            {
                throw new IOException("The gateway closed the connection of a sensor.");
            }

            count += read;
            if (MqttFramer.TryMeasure(packet.AsSpan(0, count), MaxPacketSize, out var size, out var error))
            {
                await stream.ReadExactlyAsync(packet.AsMemory(count, size - count));
                return packet[..size];
            }

            if (error != ParseError.None)
            {
                throw new IOException($"The gateway sent what is no MQTT packet: {error}.");
            }
        }
    }

    private void Expect(byte[] packet, Predicate<byte[]> isExpected)
    {
        if (!isExpected(packet))
        {
            throw new IOException($"The gateway gave {name} an unexpected answer: {Convert.ToHexString(packet)}.");
        }
    }
}
