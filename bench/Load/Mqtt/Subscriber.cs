using System.Buffers.Binary;
using System.Net;
using Edge.Load.Net;

namespace Edge.Load.Mqtt;

/// <summary>
/// Receives stamped messages, acknowledges them and keeps count: those of one <see cref="Publisher"/>, or of many, whose number is then in the
/// upper half of the sequence number.
/// </summary>
internal sealed class Subscriber(
    EventLoop loop, IPEndPoint server, string clientId, int version, bool clean = true, List<long>? latencies = null, int mostPublishers = 0)
    : MqttClient(loop, server, clientId, version, clean: clean)
{
    private readonly long[] _next = new long[mostPublishers + 1];

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
        var publisher = message.Sequence >> 32;
        if (publisher < 0 || publisher >= _next.Length)
        {
            throw new LoadException("A message arrived that no load sent.");
        }

        ref var next = ref _next[publisher];
        if (message.Sequence < next)
        {
            Repeated++;
        }
        else
        {
            Received++;
            next = message.Sequence + 1;
            latencies?.Add(TimeProvider.System.GetTimestamp() - message.SentTimestamp);
        }

        if (message.Qos > 0)
        {
            var type = message.Qos == 1 ? PacketType.PubAck : PacketType.PubRec;
            PacketEncoder.WriteAcknowledgement(Reserve(4), type, message.PacketIdentifier);
        }
    }
}
