using Edge.Messaging.Wire;

namespace Edge.Bridge.Tests;

public sealed class OctetsTests
{
    [Fact]
    public void Frames_are_taken_whole_however_they_arrive()
    {
        var octets = Enumerable.Range(0, 200).SelectMany(Packet).ToArray();
        for (var piece = 1; piece < 40; piece++)
        {
            var received = new ReceivedOctets();
            var frames = new List<byte[]>();
            for (var at = 0; at < octets.Length; at += piece)
            {
                var arrived = octets.AsSpan(at, Math.Min(piece, octets.Length - at));
                received.MakeRoom();
                arrived.CopyTo(received.Room.Span);
                received.Add(arrived.Length);
                while (received.TryTake(1_024, out var frame, out _))
                {
                    frames.Add(frame.ToArray());
                }
            }

            Assert.Equal(Enumerable.Range(0, 200).Select(Packet), frames);
        }
    }

    [Fact]
    public void A_frame_larger_than_the_buffer_has_room_made_for_it()
    {
        var packet = (byte[])[0x30, 0x80, 0x80, 0x10, .. Enumerable.Repeat((byte)7, 256 * 1024)];
        var received = new ReceivedOctets();
        for (var at = 0; at < packet.Length;)
        {
            Assert.False(received.TryTake(1_000_000, out _, out _));
            received.MakeRoom();
            Assert.True(received.HasRoom);
            var count = Math.Min(received.Room.Length, packet.Length - at);
            packet.AsSpan(at, count).CopyTo(received.Room.Span);
            received.Add(count);
            at += count;
        }

        Assert.True(received.TryTake(1_000_000, out var frame, out _));
        Assert.Equal(packet, frame);
    }

    [Fact]
    public void A_frame_beyond_the_limit_is_refused_by_its_header()
    {
        var received = new ReceivedOctets();
        new byte[] { 0x30, 0x80, 0x80, 0x10 }.CopyTo(received.Room);
        received.Add(4);

        Assert.False(received.TryTake(1_000, out _, out var error));
        Assert.Equal(ParseError.TooLarge, error);
    }

    [Fact]
    public void A_frame_that_is_passed_over_is_gone_however_it_arrives()
    {
        var octets = (byte[])[0x30, 0xFF, 0xFF, 0x03, .. Enumerable.Repeat((byte)7, 65_535), .. Packet(3)];
        for (var piece = 4; piece < 100_000; piece *= 3)
        {
            var received = new ReceivedOctets();
            var isPassedOver = false;
            var frames = new List<byte[]>();
            for (var at = 0; at < octets.Length;)
            {
                received.MakeRoom();
                var arrived = octets.AsSpan(at, Math.Min(Math.Min(piece, received.Room.Length), octets.Length - at));
                arrived.CopyTo(received.Room.Span);
                received.Add(arrived.Length);
                at += arrived.Length;
                ReadOnlySpan<byte> frame;
                for (ParseError error; received.TryTake(1_000, out frame, out error) || error == ParseError.TooLarge;)
                {
                    if (error == ParseError.TooLarge)
                    {
                        Assert.False(isPassedOver);
                        isPassedOver = true;
                        received.PassOver(4 + 65_535);
                    }
                    else
                    {
                        frames.Add(frame.ToArray());
                    }
                }
            }

            Assert.True(isPassedOver);
            Assert.Equal([Packet(3)], frames);
        }
    }

    [Fact]
    public void What_is_sent_leaves_in_order_and_in_pieces()
    {
        var sent = new SentOctets();
        var expected = new List<byte>();
        var left = new List<byte>();
        for (var i = 0; i < 1_000; i++)
        {
            var packet = Packet(i % 120);
            packet.CopyTo(sent.Add(packet.Length));
            expected.AddRange(packet);
            if (i % 300 == 0 && sent.TryTake(out var early))
            {
                left.AddRange(early.Span);
            }
        }

        while (sent.TryTake(out var piece))
        {
            Assert.InRange(piece.Length, 1, 32 * 1024);
            left.AddRange(piece.Span);
        }

        Assert.Equal(expected, left);
        Assert.Equal(0, sent.Waiting);
    }

    private static byte[] Packet(int size)
    {
        byte[] length = size < 128 ? [(byte)size] : [(byte)(size | 0x80), (byte)(size >> 7)];
        return [0x30, .. length, .. Enumerable.Repeat((byte)size, size)];
    }
}
