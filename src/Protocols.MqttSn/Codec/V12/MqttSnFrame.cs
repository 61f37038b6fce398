using System.Buffers.Binary;
using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>The envelope that every message shares: Length and MsgType (MQTT-SN 1.2 §5.2).</summary>
/// <remarks>
/// <code>
/// Length | MsgType | body
///   1    |    1    | 0..253      octets
/// 01 n n |    1    | 0..65,531   Length in three octets
/// </code>
/// Length counts itself. Length 0x01 says that two more octets hold it.
/// </remarks>
internal static class MqttSnFrame
{
    private const byte LongLength = 0x01;
    private const int ShortHeader = 2;
    private const int LongHeader = 4;

    /// <summary>Splits one datagram into its type and the reader of its body.</summary>
    /// <remarks>Length must be the datagram's own, but for an encapsulated message, where it ends before the message inside (§5.5).</remarks>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out MqttSnMessageType type, out WireReader body, out ParseError error)
    {
        body = new WireReader(datagram);
        var length = (int)body.ReadByte();
        if (length == LongLength)
        {
            length = body.ReadUInt16();
        }

        type = (MqttSnMessageType)body.ReadByte();
        error = body.IsTruncated ? ParseError.Truncated
              : length != datagram.Length && (type != MqttSnMessageType.Encapsulated || length > datagram.Length) ? ParseError.LengthMismatch
              : ParseError.None;
        return error == ParseError.None;
    }

    /// <summary>Octets of a message whose part after MsgType has <paramref name="bodyLength"/> octets.</summary>
    public static int SizeOf(int bodyLength) =>
        bodyLength + (bodyLength + ShortHeader <= byte.MaxValue ? ShortHeader : LongHeader);

    /// <summary>Writes Length and MsgType and gives the writer of the body.</summary>
    public static WireWriter Begin(Span<byte> destination, int size, MqttSnMessageType type)
    {
        if (size <= byte.MaxValue)
        {
            destination[0] = (byte)size;
            destination[1] = (byte)type;
            return new WireWriter(destination[ShortHeader..size]);
        }

        destination[0] = LongLength;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], checked((ushort)size));
        destination[3] = (byte)type;
        return new WireWriter(destination[LongHeader..size]);
    }

    /// <summary>Whether a body was read to its end, no less and no more.</summary>
    public static bool Ends(in WireReader body, out ParseError error)
    {
        error = body.IsTruncated ? ParseError.Truncated
              : body.Remaining > 0 ? ParseError.LengthMismatch
              : ParseError.None;
        return error == ParseError.None;
    }

    /// <summary>Whether a message of a QoS 2 exchange names one.</summary>
    public static bool HasMsgId(ushort msgId, out ParseError error)
    {
        error = msgId == 0 ? ParseError.InvalidValue : ParseError.None;
        return msgId != 0;
    }

    /// <summary>Checks the form of the topic field of SUBSCRIBE and UNSUBSCRIBE (§5.4.15).</summary>
    public static ParseError CheckTopic(TopicIdType type, ReadOnlySpan<byte> topic) => type switch
    {
        TopicIdType.Reserved => ParseError.ReservedValue,
        TopicIdType.Normal when topic.IsEmpty => ParseError.InvalidTopic,
        TopicIdType.Normal => Utf8Text.IsValid(topic) ? ParseError.None : ParseError.InvalidText,
        _ => topic.Length switch { < 2 => ParseError.Truncated, 2 => ParseError.None, _ => ParseError.LengthMismatch },
    };
}
