using System.Buffers.Binary;

namespace Edge.Load.Mqtt;

/// <summary>What a load wants to know of a PUBLISH that arrived.</summary>
internal readonly record struct ReceivedPublish(int Qos, ushort PacketIdentifier, long Sequence, long SentTimestamp)
{
    internal static ReceivedPublish Read(int version, byte first, ReadOnlySpan<byte> body)
    {
        var qos = (first >> 1) & 3;
        var rest = body[(2 + BinaryPrimitives.ReadUInt16BigEndian(body))..];
        ushort identifier = 0;
        if (qos > 0)
        {
            identifier = BinaryPrimitives.ReadUInt16BigEndian(rest);
            rest = rest[2..];
        }

        if (version == PacketEncoder.Version5)
        {
            FrameReader.TryReadVariableByteInteger(rest, out var properties, out var octets);
            rest = rest[(octets + properties)..];
        }

        return rest.Length < PublishTemplate.StampSize
            ? throw new LoadException($"A PUBLISH arrived with {rest.Length} octets of payload, which no load sends.")
            : new(qos, identifier, BinaryPrimitives.ReadInt64LittleEndian(rest), BinaryPrimitives.ReadInt64LittleEndian(rest[sizeof(long)..]));
    }
}
