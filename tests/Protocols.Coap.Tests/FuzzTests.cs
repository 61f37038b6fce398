using Edge.Messaging.Wire;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Tests.Codec;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Whatever datagrams come; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests
{
    private const int Largest = ushort.MaxValue;

    [Fact]
    public void Messages()
    {
        var (written, again) = (new byte[2 * Largest], new byte[2 * Largest]);
        Fuzzing.Run(
            Vectors.Octets,
            (octets, _) =>
            {
                var (error, size) = AnyMessage.RoundTrip(octets, written);
                Assert.Equal(error == ParseError.None, size > 0);
                if (size > 0)
                {
                    var (errorAgain, sizeAgain) = AnyMessage.RoundTrip(written.AsSpan(0, size), again);
                    Assert.Equal(ParseError.None, errorAgain);
                    Assert.True(written.AsSpan(0, size).SequenceEqual(again.AsSpan(0, sizeAgain)));
                }
            },
            Largest);
    }

    [Fact]
    public void Conversations_with_devices()
    {
        byte[][] good =
        [
            .. Vectors.Octets,
            EndPoint.Encode("POST", "ps/a?q=1", "hi", confirmable: true, "AB", 1), EndPoint.Encode("GET", "ps/#", "", confirmable: true, "AB", 2, (OptionNumber.Observe, 0)),
            EndPoint.Encode("GET", "ps/a", "", confirmable: false, "CD", 3, (OptionNumber.Observe, 0)), EndPoint.Encode("GET", "ps/a", "", confirmable: true, "AB", 4, (OptionNumber.Block2, 0x12)),
            EndPoint.Encode("PUT", "ps/a", new string('x', 64), confirmable: true, "AB", 5, (OptionNumber.Block1, 0x0A)), EndPoint.Encode("DELETE", "ps/a", "", confirmable: true, "", 6),
        ];
        Fuzzing.Run(
            good,
            (octets, random) =>
            {
                var device = EndPoint.Connected();
                device.Retained["a"] = EndPoint.Message("a", new string('y', 3_000), "text/plain");
                for (var events = random.Next(1, 40); events > 0; events--)
                {
                    device.Says(octets);
                    device.Happens(random);
                    octets = random.Next(2) == 0 ? good[random.Next(good.Length)] : Fuzzing.Mutate(good, random, 300);
                }

                _ = device.Asked; // Reads each message that was sent.
            },
            largest: 2_000);
    }
}
