using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Tests.Codec;
using Edge.Protocols.MqttSn.Tests.Conversations;
using Edge.Protocols.MqttSn.Tests.Procedures;

namespace Edge.Protocols.MqttSn.Tests;

/// <summary>Whatever datagrams come; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests
{
    private const int Largest = ushort.MaxValue + 1;

    private static readonly byte[][] Good = [.. Vectors.Octets, .. MutatedConversationTests.Sensible];

    [Fact]
    public void Messages()
    {
        var (written, again) = (new byte[2 * Largest], new byte[2 * Largest]);
        Fuzzing.Run(
            Good,
            (octets, random) =>
            {
                var (error, size) = AnyMessage.RoundTrip(WithLength(octets, random), written);
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
    public void Conversations_with_nodes()
    {
        var heard = new int[256];
        Fuzzing.Run(
            Good,
            (octets, random) =>
            {
                var front = ConversationTests.NewFront(Node.DefaultOptions with { MaxTopicIds = 3 });
                front.Say("a", MutatedConversationTests.Sensible[0]);
                for (var frames = random.Next(1, 50); frames > 0; frames--)
                {
                    front.Say(random.Next(2) == 0 ? "a" : "b", WithLength(octets, random));
                    MutatedConversationTests.Hear(front, random.Next(4) > 0, heard);
                    front.Wait(TimeSpan.FromSeconds(random.Next(30) == 0 ? random.Next(100) : 0));
                    MutatedConversationTests.Hear(front, random.Next(4) > 0, heard);
                    octets = random.Next(2) == 0 ? MutatedConversationTests.Sensible[random.Next(MutatedConversationTests.Sensible.Length)] : Fuzzing.Mutate(Good, random, 300);
                }
            },
            largest: 2_000);
    }

    [Fact]
    public void Session_notes()
    {
        var note = new SessionNote
        {
            CleanSession = true,
            Duration = 60,
            SleepDuration = 600,
            Will = new Message { Topic = Node.Name("lästwill"), Payload = new byte[] { 1, 2, 3 }, Qos = QualityOfService.ExactlyOnce, Retain = true },
            Topics = [(1, Node.Name("a")), (0xFFFE, Node.Name("plänt/1"))],
        };
        Fuzzing.Run(
            [note.ToOctets(), (note with { Will = null, Topics = [], CleanSession = false }).ToOctets()],
            (octets, _) =>
            {
                if (SessionNote.TryRead(octets) is { } read)
                {
                    Assert.Equal(octets, read.ToOctets());
                }
            },
            largest: 2_000);
    }

    /// <summary>Makes Length fit, most of the time.</summary>
    private static byte[] WithLength(byte[] octets, Random random) =>
        random.Next(8) == 0 || octets.Length < 2 || (octets.Length > byte.MaxValue && octets.Length + 2 > ushort.MaxValue) ? octets
        : octets.Length <= byte.MaxValue ? [(byte)octets.Length, .. octets[1..]]
        : [1, (byte)((octets.Length + 2) >> 8), (byte)(octets.Length + 2), .. octets[1..]];
}
