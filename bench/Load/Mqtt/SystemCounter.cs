using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using Edge.Load.Net;

namespace Edge.Load.Mqtt;

/// <summary>Follows a counter that a server publishes below <c>$SYS/broker/</c>.</summary>
internal sealed class SystemCounter(EventLoop loop, IPEndPoint server, string name) : MqttClient(loop, server, "load-counter", version: 4)
{
    /// <summary>What was published last; 0 before.</summary>
    internal long Value { get; private set; }

    internal void Subscribe() => Subscribe($"$SYS/broker/{name}", qos: 0);

    protected override void OnPacket(byte first, ReadOnlySpan<byte> body)
    {
        if ((first & 0xF0) != PacketType.Publish)
        {
            base.OnPacket(first, body);
            return;
        }

        // At QoS 0: Topic Name, then the payload.
        var payload = body[(2 + BinaryPrimitives.ReadUInt16BigEndian(body))..];
        Value = Utf8Parser.TryParse(payload, out long value, out _) ? value : throw new LoadException($"$SYS/broker/{name} is no number.");
    }
}
