using System.Buffers;
using CsCheck;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

public sealed class FramerTests
{
    private const int Limit = 1_000;

    [Fact]
    public void Frames_of_one_segment_are_given_in_place()
    {
        var octets = Hex.Parse("C000 3003000161 E000");
        var arrived = new ReadOnlySequence<byte>(octets);

        Assert.True(MqttFramer.TryRead(ref arrived, Limit, out _, out _));
        Assert.True(MqttFramer.TryRead(ref arrived, Limit, out var frame, out _));

        Assert.True(frame.IsSingleSegment);
        Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(in frame.FirstSpan[0], in octets[2]));
        Assert.Equal("E000", Hex.Of(arrived.ToArray()));
    }

    [Fact]
    public void However_octets_arrive_the_frames_are_the_same() =>
        Gen.Select(Gen.Int[0, 300].Array[1, 8], Gen.Int[1, 60].Array[0, 40]).Sample((payloads, cuts) =>
        {
            var frames = payloads.Select(length => Hex.Packet("30 \"t\"" + new string('A', 2 * length))).ToArray();
            var arrived = Segments.Of(frames.SelectMany(frame => frame).ToArray(), cuts);
            foreach (var expected in frames)
            {
                if (!MqttFramer.TryRead(ref arrived, Limit, out var frame, out var error)
                    || error != ParseError.None
                    || !frame.ToArray().AsSpan().SequenceEqual(expected))
                {
                    return false;
                }
            }

            return arrived.IsEmpty && !MqttFramer.TryRead(ref arrived, Limit, out _, out _);
        });

    [Fact]
    public void An_unfinished_frame_waits_whatever_is_missing()
    {
        var octets = Hex.Packet("30 \"t\"" + new string('A', 400));
        for (var length = 0; length < octets.Length; length++)
        {
            var arrived = new ReadOnlySequence<byte>(octets, 0, length);
            Assert.False(MqttFramer.TryRead(ref arrived, Limit, out _, out var error));
            Assert.Equal(ParseError.None, error);
            Assert.Equal(length, arrived.Length);
        }
    }

    [Theory]
    [InlineData("30 E607", ParseError.TooLarge, "30E607")] // 1,001 octets
    [InlineData("10 FFFFFF7F", ParseError.TooLarge, "10FFFFFF7F")]
    [InlineData("30 FFFFFFFF 01", ParseError.LengthMismatch, "30FFFFFFFF")]
    [InlineData("30 80808080", ParseError.LengthMismatch, "3080808080")]
    public void What_cannot_be_taken_is_refused_by_its_header(string octets, ParseError expected, string header)
    {
        foreach (var cut in Enumerable.Range(1, 5))
        {
            var arrived = Segments.Of(Hex.Parse(octets), [cut]);

            Assert.False(MqttFramer.TryRead(ref arrived, Limit, out var frame, out var error));

            Assert.Equal(expected, error);
            Assert.Equal(header, Hex.Of(frame.ToArray()));
        }
    }

    [Fact]
    public void The_largest_frame_allowed_is_taken()
    {
        Assert.True(MqttFramer.TryMeasure(Hex.Parse("30 E507"), Limit, out var size, out _));
        Assert.Equal(Limit, size);
    }
}
