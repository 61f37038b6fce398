using CsCheck;
using Edge.Protocols.MqttSn.Codec.V12;
using Edge.Protocols.MqttSn.Tests.Codec;
using Edge.Protocols.MqttSn.Tests.Procedures;

namespace Edge.Protocols.MqttSn.Tests.Conversations;

/// <summary>Whatever a node says, and whenever: nothing throws, every answer is well-formed, and the peer still works.</summary>
public sealed class MutatedConversationTests
{
    private static readonly Gen<(string Node, byte[] Frame, int Seconds)> Event = Gen.Select(
        Mutation.OneOf("a", "b"),
        Gen.Frequency((3, Mutation.Of(Vectors.Octets)), (1, Mutation.OneOf(Sensible))),
        Gen.Frequency((20, Gen.Const(0)), (1, Gen.Int[1, 100])));

    private static byte[][] Sensible => [.. new[]
    {
        "0A 04 04 01 003C 61626364", "08 04 00 01 000A 6161", "08 04 0C 01 003C 6262", "07 07 30 6C617374", "06 09 676F6E65",
        "06 12 40 0001 23", "08 12 20 0002 612F62", "07 12 21 0003 0001", "09 0A 0000 0001 612F62", "09 0C 20 EADE 0002 6869", "09 0C 41 0001 002A 6869",
        "04 10 002A", "07 0B EADE 0001 00", "07 0B EADE 0002 00", "07 0D 0001 0001 00", "07 0D EADE 0001 02", "04 0F 0001", "04 0E 0001", "02 16", "02 18",
    }.Select(Hex.Parse)];

    [Fact]
    public void A_hundred_thousand_frames_in_any_order_are_taken_or_refused() => Event.Array[100].Sample(events =>
    {
        var front = new TinyFront(Node.DefaultOptions with { MaxTopicIds = 3 });
        var written = new byte[1_024];
        front.Say("a", Sensible[0]);
        foreach (var (node, frame, seconds) in events)
        {
            front.Say(node, frame);
            front.Wait(TimeSpan.FromSeconds(seconds));
            AssertWellFormed(front, written);
        }

        front.Say("c", Hex.Parse("08 04 04 01 003C 6363"));
        Assert.Equal("030500", Hex.Format(front.Hear("c")));
        front.Say("c", Hex.Parse("09 0C 21 0001 002A 6869"));
        Assert.Equal("070D0001002A00", Hex.Format(front.Hear("c")));
    }, iter: 1_000);

    private static void AssertWellFormed(TinyFront front, byte[] written)
    {
        foreach (var node in front.Unheard.ToList())
        {
            while (front.Hear(node) is { } answer)
            {
                var (error, size) = AnyMessage.RoundTrip(answer, written);
                Assert.True(size == answer.Length, $"{Hex.Format(answer)}: {error}");
                Assert.True((MqttSnMessageType)answer[1] is not (MqttSnMessageType.Connect or MqttSnMessageType.Subscribe or MqttSnMessageType.PingReq));
            }
        }
    }
}
