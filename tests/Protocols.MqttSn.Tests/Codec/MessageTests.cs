using CsCheck;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn.Tests.Codec;

/// <summary>What holds for every message of MQTT-SN 1.2 §5.4 and §5.5.</summary>
public sealed class MessageTests
{
    public static TheoryData<string> Names => [.. Vectors.All.Select(vector => vector.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_vector_is_written_back_or_refused_with_its_reason(string name)
    {
        var vector = Vectors.All.Single(v => v.Name == name);
        var written = new byte[64];

        var (error, size) = AnyMessage.RoundTrip(Hex.Parse(vector.Octets), written);

        if (!vector.Expected.StartsWith("ok", StringComparison.Ordinal))
        {
            Assert.Equal(Enum.Parse<ParseError>(vector.Expected), error);
            return;
        }

        var expected = vector.Expected is "ok" ? vector.Octets : vector.Expected.Split("->")[1];
        Assert.Equal(ParseError.None, error);
        Assert.Equal(Hex.Format(Hex.Parse(expected)), Hex.Format(written.AsSpan(0, size)));
    }

    [Fact]
    public void Each_message_type_has_a_vector_that_parses() =>
        Assert.Empty(Enum.GetValues<MqttSnMessageType>().Except(Vectors.All
            .Where(vector => vector.Expected == "ok")
            .Select(vector => (MqttSnMessageType)Hex.Parse(vector.Octets)[1])));

    [Fact]
    public void Any_octets_parse_or_are_refused_and_what_parses_is_written_back_the_same() =>
        Gen.Select(Gen.Byte, Gen.Bool, Gen.OneOf(Gen.Byte, Gen.Byte[0x61, 0x7A]).Array[0, 300], Frame).Sample(WrittenBackTheSame, iter: 100_000);

    [Fact]
    public void A_hundred_thousand_mutated_vectors_parse_or_are_refused()
    {
        var written = new byte[1_024];
        Mutation.Of(Vectors.Octets).Sample(octets =>
        {
            var (error, size) = AnyMessage.RoundTrip(octets, written);
            return (error == ParseError.None) == (size > 0);
        }, iter: 100_000);
    }

    [Fact]
    public void Parsing_and_writing_allocate_nothing()
    {
        var written = new byte[64];

        Assert.Equal(0, Allocations.PerCall(() => RoundTripAll(written)));
    }

    private static void RoundTripAll(byte[] written)
    {
        foreach (var octets in Vectors.Octets)
        {
            _ = AnyMessage.RoundTrip(octets, written);
        }
    }

    /// <summary>A body behind a header that fits it, so that many parse.</summary>
    private static byte[] Frame(byte type, bool isLong, byte[] body)
    {
        var size = body.Length + (isLong || body.Length > 253 ? 4 : 2);
        return size == body.Length + 4
            ? [0x01, (byte)(size >> 8), (byte)size, (byte)(type % 0x20), .. body]
            : [(byte)size, (byte)(type % 0x20), .. body];
    }

    private static bool WrittenBackTheSame(byte[] octets)
    {
        var first = new byte[512];
        var (error, size) = AnyMessage.RoundTrip(octets, first);
        if (error != ParseError.None)
        {
            return true;
        }

        // A long Length on a short message is legal and comes back short; flags not used come back 0.
        var second = new byte[512];
        var (errorAgain, sizeAgain) = AnyMessage.RoundTrip(first.AsSpan(0, size), second);
        var behindFlags = Math.Min(size > 255 ? 5 : 3, size);
        return errorAgain == ParseError.None
            && first.AsSpan(0, size).SequenceEqual(second.AsSpan(0, sizeAgain))
            && octets.AsSpan().EndsWith(first.AsSpan(behindFlags, size - behindFlags));
    }
}
