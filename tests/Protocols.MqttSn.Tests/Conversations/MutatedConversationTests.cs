using CsCheck;
using Edge.Protocols.MqttSn.Codec.V12;
using Edge.Protocols.MqttSn.Tests.Codec;
using Edge.Protocols.MqttSn.Tests.Procedures;

namespace Edge.Protocols.MqttSn.Tests.Conversations;

/// <summary>Whatever nodes say, and whenever: nothing throws, what comes back is well-formed, and the gateway still works.</summary>
public sealed class MutatedConversationTests
{
    internal static byte[][] Sensible { get; } = [.. new[]
    {
        "0A 04 04 01 003C 61626364", "08 04 00 01 000A 6161", "08 04 0C 01 003C 6262", "07 07 30 6C617374", "06 09 676F6E65",
        "06 12 40 0001 23", "08 12 20 0002 612F62", "07 12 21 0003 0001", "09 0A 0000 0001 612F62", "09 0C 20 EADE 0002 6869", "09 0C 41 0001 002A 6869",
        "09 0C 42 6162 0009 6869", "04 10 002A", "07 0B EADE 0001 00", "07 0D 0001 0001 00", "07 0D EADE 0001 02", "04 0F 0001", "04 0E 0001", "02 16",
        "04 18 003C", "04 16 6161", "06 16 61626364", "04 16 6262", "07 1A 30 6C617374", "02 1A", "06 1C 676F6E65", "02 07",
    }.Select(Hex.Parse)];

    private static readonly Gen<(string Node, byte[] Frame, bool Answers, int Seconds)> Event = Gen.Select(
        Mutation.OneOf("a", "b"),
        Gen.Frequency((1, Mutation.Of(Vectors.Octets)), (1, Mutation.Of(Sensible)), (3, Mutation.OneOf(Sensible))),
        Gen.Frequency((1, Gen.Const(false)), (3, Gen.Const(true))),
        Gen.Frequency((30, Gen.Const(0)), (1, Gen.Int[1, 100])));

    [Fact]
    public void A_hundred_thousand_frames_in_any_order_are_taken_or_refused()
    {
        var heard = new int[256];
        Event.Array[100].Sample(
            events =>
            {
                var front = ConversationTests.NewFront(Node.DefaultOptions with { MaxTopicIds = 3 });
                foreach (var node in new[] { "a", "b" })
                {
                    front.Say(node, Sensible[0]);
                    front.Say(node, Hex.Parse("06 12 40 0001 23"));
                }

                foreach (var (node, frame, answers, seconds) in events)
                {
                    front.Say(node, frame);
                    Hear(front, answers, heard);
                    front.Wait(TimeSpan.FromSeconds(seconds));
                    Hear(front, answers, heard);
                }

                front.Say("c", Hex.Parse("08 04 04 01 003C 6363"));
                Assert.Equal("030500", Hex.Format(front.Hear("c")));
                front.Say("c", Hex.Parse("09 0C 21 0001 002A 6869"));
                Assert.Equal("070D0001002A00", Hex.Format(front.Hear("c")));
            },
            iter: 1_000,
            threads: 1);

        // So that it is known to have been more than a row of refusals.
        MqttSnMessageType[] expected = [MqttSnMessageType.Register, MqttSnMessageType.Publish, MqttSnMessageType.PubRel, MqttSnMessageType.PubComp];
        Assert.All(expected, type => Assert.True(heard[(byte)type] > 100, $"{type} was sent {heard[(byte)type]} times"));
    }

    /// <summary>Takes in what was sent to the nodes, and answers as a client would, or not.</summary>
    internal static void Hear(TinyFront<MqttSnReply> front, bool answers, int[] heard)
    {
        var written = new byte[ushort.MaxValue];
        foreach (var node in front.Unheard.ToList())
        {
            while (front.Hear(node) is { } frame)
            {
                var (error, size) = AnyMessage.RoundTrip(frame, written);
                Assert.True(size == frame.Length, $"{Hex.Format(frame)}: {error}");
                heard[frame[1]]++;
                if (answers && AnswerTo(frame) is { } answer)
                {
                    front.Say(node, answer);
                }
            }
        }
    }

    private static byte[]? AnswerTo(byte[] frame) => (MqttSnMessageType)frame[1] switch
    {
        MqttSnMessageType.Register => [7, (byte)MqttSnMessageType.RegAck, .. frame[2..6], 0],
        MqttSnMessageType.Publish when (frame[2] & 0x60) == 0x20 => [7, (byte)MqttSnMessageType.PubAck, .. frame[3..7], 0],
        MqttSnMessageType.Publish when (frame[2] & 0x60) == 0x40 => [4, (byte)MqttSnMessageType.PubRec, .. frame[5..7]],
        MqttSnMessageType.PubRel => [4, (byte)MqttSnMessageType.PubComp, .. frame[2..4]],
        _ => null,
    };
}
