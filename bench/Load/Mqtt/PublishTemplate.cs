using System.Buffers.Binary;

namespace Edge.Load.Mqtt;

/// <summary>
/// One PUBLISH, encoded once and then stamped for each message: Packet Identifier, and in the payload's first 16 octets the
/// sequence number and the time of sending.
/// </summary>
internal sealed class PublishTemplate
{
    /// <summary>Octets of the payload that the stamp takes.</summary>
    internal const int StampSize = 16;

    private readonly byte[] _packet;
    private readonly int _identifierOffset;
    private readonly int _payloadOffset;

    internal PublishTemplate(int version, string topic, int qos, int payloadSize)
    {
        var body = new List<byte>();
        PacketEncoder.AppendText(body, topic);
        var identifier = body.Count;
        if (qos > 0)
        {
            PacketEncoder.AppendUInt16(body, 0);
        }

        if (version == PacketEncoder.Version5)
        {
            body.Add(0);
        }

        var payload = body.Count;
        for (var i = 0; i < payloadSize; i++)
        {
            body.Add((byte)('a' + (i % 26)));
        }

        _packet = PacketEncoder.Packet((byte)(PacketType.Publish | (qos << 1)), body);
        var header = _packet.Length - body.Count;
        _identifierOffset = qos > 0 ? header + identifier : -1;
        _payloadOffset = header + payload;
    }

    /// <summary>Octets of one packet.</summary>
    internal int Size => _packet.Length;

    internal void Write(Span<byte> destination, ushort packetIdentifier, long sequence, long timestamp)
    {
        _packet.CopyTo(destination);
        if (_identifierOffset >= 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[_identifierOffset..], packetIdentifier);
        }

        BinaryPrimitives.WriteInt64LittleEndian(destination[_payloadOffset..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[(_payloadOffset + sizeof(long))..], timestamp);
    }
}
