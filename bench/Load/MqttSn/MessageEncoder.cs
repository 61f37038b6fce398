using System.Buffers.Binary;
using System.Text;

namespace Edge.Load.MqttSn;

/// <summary>The few MQTT-SN messages that a load sends, written by hand from MQTT-SN 1.2 and apart from the gateway's codec.</summary>
internal static class MessageEncoder
{
    /// <summary>Flags of PUBLISH.</summary>
    internal const byte Dup = 0x80;
    internal const byte Qos1 = 0x20;
    internal const byte QosMinus1 = 0x60;
    internal const byte ShortTopicName = 0x02;

    private const byte CleanSession = 0x04;
    private const byte ProtocolId = 0x01;
    private const int Duration = 600;

    /// <summary>Octets before a payload: Length (3 at most), MsgType, Flags, TopicId, MsgId.</summary>
    internal const int PublishOverhead = 9;

    /// <summary>CONNECT: Length, MsgType, Flags, ProtocolId, Duration, ClientId.</summary>
    internal static int WriteConnect(Span<byte> destination, string clientId)
    {
        destination[1] = MessageType.Connect;
        destination[2] = CleanSession;
        destination[3] = ProtocolId;
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], Duration);
        return Close(destination, 6 + Encoding.UTF8.GetBytes(clientId, destination[6..]));
    }

    /// <summary>REGISTER: Length, MsgType, TopicId 0, MsgId, TopicName.</summary>
    internal static int WriteRegister(Span<byte> destination, ushort msgId, string topicName)
    {
        destination[1] = MessageType.Register;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], msgId);
        return Close(destination, 6 + Encoding.UTF8.GetBytes(topicName, destination[6..]));
    }

    /// <summary>PUBLISH: Length, MsgType, Flags, TopicId, MsgId, Data.</summary>
    internal static int WritePublish(Span<byte> destination, int flags, ushort topicId, ushort msgId, ReadOnlySpan<byte> data)
    {
        var length = PublishOverhead - 2 + data.Length;
        var start = 0;
        if (length > byte.MaxValue)
        {
            length += 2;
            start = 2;
            destination[0] = 1;
            BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)length);
        }
        else
        {
            destination[0] = (byte)length;
        }

        var fields = destination[(start + 1)..];
        fields[0] = MessageType.Publish;
        fields[1] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(fields[2..], topicId);
        BinaryPrimitives.WriteUInt16BigEndian(fields[4..], msgId);
        data.CopyTo(fields[6..]);
        return length;
    }

    internal static int WriteDisconnect(Span<byte> destination)
    {
        destination[1] = MessageType.Disconnect;
        return Close(destination, 2);
    }

    private static int Close(Span<byte> destination, int length)
    {
        destination[0] = (byte)length;
        return length;
    }
}
