using System.Buffers.Binary;
using System.Net;
using Edge.Load.Net;

namespace Edge.Load.Mqtt;

/// <summary>Receives the stamped messages of one <see cref="Publisher"/>, acknowledges them and keeps count.</summary>
internal sealed class Subscriber(
    EventLoop loop, IPEndPoint server, string clientId, int version, bool clean = true, List<long>? latencies = null)
    : MqttClient(loop, server, clientId, version, clean: clean)
{
    private long _next;

    /// <summary>Different messages that arrived in order; one that was skipped is lost, even if it comes later.</summary>
    internal long Received { get; private set; }

    /// <summary>Messages that arrived once more, or after a later one.</summary>
    internal long Repeated { get; private set; }

    protected override void OnPacket(byte first, ReadOnlySpan<byte> body)
    {
        switch (first & 0xF0)
        {
            case PacketType.Publish:
                OnPublish(ReceivedPublish.Read(Version, first, body));
                break;
            case PacketType.PubRel & 0xF0:
                PacketEncoder.WriteAcknowledgement(Reserve(4), PacketType.PubComp, BinaryPrimitives.ReadUInt16BigEndian(body));
                break;
            default:
                base.OnPacket(first, body);
                break;
        }
    }

    private void OnPublish(ReceivedPublish message)
    {
        if (message.Sequence < _next)
        {
            Repeated++;
        }
        else
        {
            Received++;
            _next = message.Sequence + 1;
            latencies?.Add(TimeProvider.System.GetTimestamp() - message.SentTimestamp);
        }

        if (message.Qos > 0)
        {
            var type = message.Qos == 1 ? PacketType.PubAck : PacketType.PubRec;
            PacketEncoder.WriteAcknowledgement(Reserve(4), type, message.PacketIdentifier);
        }
    }
}
