using System.Buffers;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>Splits a stream of octets into frames; a frame is one whole Control Packet, fixed header included.</summary>
/// <remarks>
/// The size limit is checked on the header, so that nobody makes us buffer what we would refuse. What cannot be framed ends the
/// connection: hand the octets of the header to the peer, which refuses them and says good-bye as its version wants.
/// </remarks>
public static class MqttFramer
{
    /// <summary>Takes the next frame off the front of what has arrived.</summary>
    /// <param name="arrived">What has arrived; shortened by the frame.</param>
    /// <param name="maxPacketSize">Largest frame taken, in octets.</param>
    /// <param name="frame">The frame, in place. With an <paramref name="error"/>: the header that cannot be framed.</param>
    /// <param name="error"><see cref="ParseError.TooLarge"/> or <see cref="ParseError.LengthMismatch"/> when no frame can ever follow.</param>
    /// <returns>False when more octets are needed, or on <paramref name="error"/>.</returns>
    public static bool TryRead(
        ref ReadOnlySequence<byte> arrived, int maxPacketSize, out ReadOnlySequence<byte> frame, out ParseError error)
    {
        Span<byte> start = stackalloc byte[5];
        scoped var first = arrived.FirstSpan;
        if (first.Length < start.Length && !arrived.IsSingleSegment)
        {
            var count = (int)Math.Min(arrived.Length, start.Length);
            arrived.Slice(0, count).CopyTo(start);
            first = start[..count];
        }

        var fits = TryMeasure(first, maxPacketSize, out var size, out error);
        if (fits && size <= arrived.Length)
        {
            frame = arrived.Slice(0, size);
            arrived = arrived.Slice(size);
            return true;
        }

        frame = error == ParseError.None ? default : arrived.Slice(0, size);
        return false;
    }

    /// <summary>Tells how long the frame at the front of <paramref name="octets"/> is, whether or not all of it is there.</summary>
    /// <param name="octets">What has arrived; the first five octets are enough.</param>
    /// <param name="maxPacketSize">Largest frame taken, in octets.</param>
    /// <param name="size">Octets of the frame; with an <paramref name="error"/> those of the header to refuse.</param>
    /// <param name="error"><see cref="ParseError.TooLarge"/> or <see cref="ParseError.LengthMismatch"/> when no frame can ever follow.</param>
    /// <returns>False when more octets are needed, or on <paramref name="error"/>.</returns>
    public static bool TryMeasure(ReadOnlySpan<byte> octets, int maxPacketSize, out int size, out ParseError error)
    {
        if (!FixedHeader.TryParse(octets, out var header, out error))
        {
            var malformed = error == ParseError.LengthMismatch;
            size = malformed ? 5 : 0;
            error = malformed ? error : ParseError.None;
            return false;
        }

        var fits = header.PacketSize <= maxPacketSize;
        size = fits ? header.PacketSize : header.Size;
        error = fits ? ParseError.None : ParseError.TooLarge;
        return fits;
    }
}
