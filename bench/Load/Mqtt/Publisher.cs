using System.Buffers.Binary;
using System.Net;
using Edge.Load.Net;

namespace Edge.Load.Mqtt;

/// <summary>
/// Publishes a number of stamped messages: at QoS 0 as fast as TCP takes them, at QoS 1 and 2 with a window of unacknowledged
/// messages.
/// </summary>
internal sealed class Publisher : MqttClient
{
    private const int BatchSize = 64 * 1024;

    private readonly PublishTemplate _template;
    private readonly int _qos;
    private readonly int _window;
    private int _allowed;
    private ushort _packetIdentifier;

    internal Publisher(EventLoop loop, IPEndPoint server, string clientId, int version, string topic, int qos, int payload, int window)
        : base(loop, server, clientId, version)
    {
        _template = new PublishTemplate(version, topic, qos, payload);
        _qos = qos;
        _window = qos == 0 ? int.MaxValue : window;
    }

    /// <summary>Messages handed to the socket so far; also the next sequence number.</summary>
    internal int Sent { get; private set; }

    /// <summary>Messages whose QoS 1 or 2 exchange is complete.</summary>
    internal int Acknowledged { get; private set; }

    /// <summary>True when all that was asked for is sent and, at QoS 1 and 2, acknowledged.</summary>
    internal bool Complete => Sent == _allowed && Unsent == 0 && (_qos == 0 || Acknowledged == Sent);

    /// <summary>Publishes so many messages more.</summary>
    internal void Publish(int messages)
    {
        _allowed += messages;
        Fill();
        Flush();
    }

    public override void OnWritable()
    {
        Fill();
        Flush();
    }

    protected override void OnPacket(byte first, ReadOnlySpan<byte> body)
    {
        switch (first & 0xF0)
        {
            case PacketType.PubAck:
            case PacketType.PubComp:
                CheckReason(body);
                Acknowledged++;
                break;
            case PacketType.PubRec:
                CheckReason(body);
                PacketEncoder.WriteAcknowledgement(Reserve(4), PacketType.PubRel, BinaryPrimitives.ReadUInt16BigEndian(body));
                break;
            default:
                base.OnPacket(first, body);
                break;
        }
    }

    protected override void AfterPackets() => Fill();

    protected override bool HasMore => Sent < _allowed && Sent - Acknowledged < _window;

    private void Fill()
    {
        var now = TimeProvider.System.GetTimestamp();
        while (HasMore && Unsent < BatchSize)
        {
            _packetIdentifier = _packetIdentifier == ushort.MaxValue ? (ushort)1 : (ushort)(_packetIdentifier + 1);
            _template.Write(Reserve(_template.Size), _packetIdentifier, Sent++, now);
        }
    }

    // MQTT 5.0: 0x00 is success, 0x10 is success with no matching subscriber.
    private static void CheckReason(ReadOnlySpan<byte> body)
    {
        if (body.Length > 2 && body[2] >= 0x80)
        {
            throw new LoadException($"The server refused a message with Reason Code 0x{body[2]:X2}.");
        }
    }
}
