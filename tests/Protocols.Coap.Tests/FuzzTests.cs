using Edge.Messaging.Wire;
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
}
