using System.Buffers.Binary;
using System.Text;

namespace Edge.Load.Mqtt;

/// <summary>
/// The few MQTT packets that a load sends, written by hand from the specification (3.1.1 and 5.0) and sharing nothing with the
/// gateway's codec: a mistake there must not be mirrored here.
/// </summary>
internal static class PacketEncoder
{
    /// <summary>Protocol Level of MQTT 5.0; 4 is 3.1.1.</summary>
    internal const int Version5 = 5;

    internal static byte[] Connect(int version, string clientId, int keepAliveSeconds, bool clean)
    {
        var body = new List<byte>();
        AppendText(body, "MQTT");
        body.Add((byte)version);
        body.Add((byte)(clean ? 0x02 : 0x00));
        AppendUInt16(body, keepAliveSeconds);
        if (version == Version5)
        {
            // A Session that is kept needs a Session Expiry Interval (0x11); the clean one needs no property.
            body.AddRange(clean ? [0] : new byte[] { 5, 0x11, 0, 0, 0x0E, 0x10 });
        }

        AppendText(body, clientId);
        return Packet(PacketType.Connect, body);
    }

    internal static byte[] Subscribe(int version, string topicFilter, int qos)
    {
        var body = new List<byte>();
        AppendUInt16(body, 1);
        if (version == Version5)
        {
            body.Add(0);
        }

        AppendText(body, topicFilter);
        body.Add((byte)qos);
        return Packet(PacketType.Subscribe, body);
    }

    internal static byte[] Disconnect() => [PacketType.Disconnect, 0];

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP: without Reason Code in 5.0 too, where that means success.</summary>
    internal static void WriteAcknowledgement(Span<byte> destination, byte type, ushort packetIdentifier)
    {
        destination[0] = type;
        destination[1] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], packetIdentifier);
    }

    internal static byte[] Packet(byte first, List<byte> body)
    {
        var packet = new List<byte> { first };
        var length = body.Count;
        do
        {
            var digit = length & 0x7F;
            length >>= 7;
            packet.Add((byte)(length > 0 ? digit | 0x80 : digit));
        }
        while (length > 0);
        packet.AddRange(body);
        return [.. packet];
    }

    internal static void AppendText(List<byte> body, string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        AppendUInt16(body, octets.Length);
        body.AddRange(octets);
    }

    internal static void AppendUInt16(List<byte> body, int value)
    {
        body.Add((byte)(value >> 8));
        body.Add((byte)value);
    }
}
