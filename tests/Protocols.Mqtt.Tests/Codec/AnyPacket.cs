using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

/// <summary>Parses whatever packet it is, and writes what was parsed.</summary>
internal static class AnyPacket
{
    /// <summary>Parses by the type in the first octet.</summary>
    public static ParseError Parse(ReadOnlySpan<byte> frame, MqttVersion version) => Rewrite(frame, version, new byte[frame.Length], out _);

    /// <summary>Parses and writes back; <paramref name="written"/> is empty when the packet is refused.</summary>
    public static ParseError Rewrite(ReadOnlySpan<byte> frame, MqttVersion version, out byte[] written)
    {
        var room = new byte[frame.Length];
        var error = Rewrite(frame, version, room, out var size);
        written = room[..size];
        return error;
    }

    /// <summary>Parses, goes through all there is, and writes back, into room given.</summary>
    public static ParseError Rewrite(ReadOnlySpan<byte> frame, MqttVersion version, Span<byte> room, out int size)
    {
        size = 0;
        if (!FixedHeader.TryParse(frame, out var header, out var error))
        {
            return error;
        }

        switch (header.Type)
        {
            case PacketType.Connect when Connect.TryParse(frame, out var packet, out error):
                packet.Write(room[..(size = packet.Size())]);
                break;
            case PacketType.ConnAck when ConnAck.TryParse(frame, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size(version))], version);
                break;
            case PacketType.Publish when Publish.TryParse(frame, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size(version))], version);
                break;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp
                when PublishAck.TryParse(frame, header.Type, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size(version))], version);
                break;
            case PacketType.Subscribe when Subscribe.TryParse(frame, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size(version))], version);
                break;
            case PacketType.SubAck when SubAck.TryParse(frame, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size(version))], version);
                break;
            case PacketType.Unsubscribe when Unsubscribe.TryParse(frame, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size(version))], version);
                break;
            case PacketType.UnsubAck when UnsubAck.TryParse(frame, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size(version))], version);
                break;
            case PacketType.PingReq when Ping.TryParse(frame, PacketType.PingReq, version, out error):
                Ping.Request.CopyTo(room);
                size = 2;
                break;
            case PacketType.PingResp when Ping.TryParse(frame, PacketType.PingResp, version, out error):
                Ping.Response.CopyTo(room);
                size = 2;
                break;
            case PacketType.Disconnect when Disconnect.TryParse(frame, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size(version))], version);
                break;
            case PacketType.Auth when Auth.TryParse(frame, version, out var packet, out error):
                packet.Write(room[..(size = packet.Size())]);
                break;
            case PacketType.Reserved:
                error = ParseError.UnknownType;
                break;
        }

        return error;
    }
}
