using CsCheck;
using Edge.Serial.Framing;

namespace Edge.Hardware.Tests.Framing;

public sealed class FramerTests
{
    public static TheoryData<string, string> Names => [.. Vector.All.Select(vector => (vector.Framing, vector.Name))];

    public static TheoryData<string> Framings => [.. Vector.Framings];

    [Theory, MemberData(nameof(Names))]
    public void Frames_are_found_in_what_was_received(string framing, string name)
    {
        var vector = Vector.All.Single(vector => vector.Framing == framing && vector.Name == name);
        var framer = Vector.NewFramer(framing);

        framer.Feed(vector.OnLine);

        Assert.Equal(vector.Frames.Select(frame => Hex.Of(frame)), Vector.ReadAll(framer));
        Assert.Equal(vector.Skipped, framer.Skipped);
    }

    [Theory, MemberData(nameof(Names))]
    public void It_makes_no_difference_in_which_pieces_octets_come(string framing, string name)
    {
        var vector = Vector.All.Single(vector => vector.Framing == framing && vector.Name == name);
        var framer = Vector.NewFramer(framing);
        var frames = new List<string>();
        foreach (var octet in vector.OnLine)
        {
            framer.Feed([octet]);
            frames.AddRange(Vector.ReadAll(framer));
        }

        Assert.Equal(vector.Frames.Select(frame => Hex.Of(frame)), frames);
        Assert.Equal(vector.Skipped, framer.Skipped);
    }

    [Theory, MemberData(nameof(Framings))]
    public void What_is_written_is_read(string framing) =>
        Frames(framing).Array[1, 8].Sample(
            frames =>
            {
                var framer = Vector.NewFramer(framing);
                foreach (var frame in frames)
                {
                    framer.Feed(Write(framer, frame));
                }

                return Vector.ReadAll(framer).SequenceEqual(frames.Select(frame => Hex.Of(frame))) && framer.Skipped == 0;
            },
            iter: 1_000);

    [Theory]
    [InlineData("cobs"), InlineData("xbee1"), InlineData("xbee2")]
    public void A_frame_behind_any_octets_is_found_and_none_is_made_up(string framing)
    {
        var found = 0;
        Gen.Select(Gen.Byte.Array[0, 60], Frames(framing)).Sample(
            (noise, frame) =>
            {
                var framer = Vector.NewFramer(framing);
                framer.Feed([.. noise, .. Write(framer, frame)]);
                var frames = Vector.ReadAll(framer);
                while (framer.ListensForSilence)
                {
                    framer.OnSilence();
                    frames.AddRange(Vector.ReadAll(framer));
                }

                // Noise can be a frame by chance: one in 65,536 with a CRC, one in 256 with a sum, where a length fits as well.
                Interlocked.Add(ref found, frames.Count);
                return frames.Contains(Hex.Of(frame)) || framing == "xbee1";
            },
            iter: 1_000,
            threads: 1);

        Assert.InRange(found, 980, 1_020);
    }

    [Theory]
    [InlineData("bare"), InlineData("xbee1"), InlineData("xbee2")]
    public void What_does_not_go_on_hides_no_frame(string framing)
    {
        var framer = Vector.NewFramer(framing);
        var frame = Hex.Parse(framing == "bare" ? "0216" : "8A06");
        byte[] begun = framing == "bare" ? Hex.Parse("1004") : Hex.Parse("7E 0020 90");
        framer.Feed([.. begun, .. Write(framer, frame)]);
        var before = Vector.ReadAll(framer);
        while (framer.ListensForSilence)
        {
            framer.OnSilence();
            before.AddRange(Vector.ReadAll(framer));
        }

        Assert.Equal(Hex.Of(frame), Assert.Single(before));
        Assert.Equal(begun.Length, framer.Skipped);
    }

    [Theory]
    [InlineData("slip", "C0"), InlineData("cobs", "00"), InlineData("lines", "0A")]
    public void A_frame_that_is_too_long_is_thrown_away_and_counted_once(string framing, string end)
    {
        var framer = (DelimitedFramer)Vector.NewFramer(framing);
        for (var i = 0; i < 10; i++)
        {
            framer.Feed(Enumerable.Repeat((byte)'a', 4_000).ToArray());
            Assert.Empty(Vector.ReadAll(framer));
        }

        framer.Feed([.. Hex.Parse(end), .. Write(framer, "ok"u8)]);

        Assert.Equal(Hex.Of("ok"u8), Assert.Single(Vector.ReadAll(framer)));
        Assert.Equal((1, 40_001), (framer.TooLong, framer.Skipped));
    }

    [Fact]
    public void The_first_line_is_thrown_away_when_its_beginning_may_be_missing()
    {
        var framer = new LineFramer(Vector.Largest);
        framer.Begin(mayBeWithin: true);
        framer.Feed("3.5\n21.6\n"u8);

        Assert.Equal(Hex.Of("21.6"u8), Assert.Single(Vector.ReadAll(framer)));
        Assert.Equal(4, framer.Skipped);
    }

    [Fact]
    public void The_first_line_after_silence_is_whole()
    {
        var framer = new LineFramer(Vector.Largest);
        framer.Begin(mayBeWithin: true);
        Assert.True(framer.ListensForSilence);
        framer.OnSilence();
        Assert.False(framer.ListensForSilence);
        framer.Feed("21.5\n"u8);

        Assert.Equal(Hex.Of("21.5"u8), Assert.Single(Vector.ReadAll(framer)));
    }

    [Theory, MemberData(nameof(Framings))]
    public void After_an_opening_nothing_of_before_is_left(string framing)
    {
        var framer = Vector.NewFramer(framing);
        var frame = Hex.Parse(framing == "bare" ? "0216" : "8A06");
        byte[] begun = framing == "bare" ? Hex.Parse("1004") : framing is "lines" or "slip" or "cobs" ? "half"u8.ToArray() : Hex.Parse("7E 0020 90");
        framer.Feed(begun);
        Assert.Empty(Vector.ReadAll(framer));

        framer.Begin(mayBeWithin: false);
        framer.Feed(Write(framer, framing == "lines" ? "21.5"u8 : frame));

        Assert.Equal(framing == "lines" ? Hex.Of("21.5"u8) : Hex.Of(frame), Assert.Single(Vector.ReadAll(framer)));
        Assert.Equal(begun.Length, framer.Skipped);
    }

    [Theory, MemberData(nameof(Framings))]
    public void Reading_and_writing_allocate_nothing(string framing)
    {
        var framer = Vector.NewFramer(framing);
        var frame = Hex.Parse(framing == "lines" ? "'21.5'" : "0216");
        var line = new byte[framer.LargestOnLine(frame.Length)];

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            framer.Feed(line.AsSpan(0, framer.Write(frame, line)));
            while (framer.TryRead(out _))
            {
            }
        }));
    }

    /// <summary>Frames that a framing can carry.</summary>
    private static Gen<byte[]> Frames(string framing) => framing switch
    {
        "bare" => Gen.Byte.Array[0, Vector.Largest - 7].Select(data => (byte[])[(byte)(7 + data.Length), 0x0C, 0, 0, 1, 0, 1, .. data]),
        "lines" => Gen.Char['!', '~'].Array[1, Vector.Largest].Select(text => System.Text.Encoding.ASCII.GetBytes(text)),
        _ => Gen.Byte.Array[1, Vector.Largest],
    };

    private static byte[] Write(IFramer framer, ReadOnlySpan<byte> frame)
    {
        var line = new byte[framer.LargestOnLine(frame.Length)];
        return line[..framer.Write(frame, line)];
    }
}
