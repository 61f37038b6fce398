using System.Buffers;
using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;
using Edge.Protocols.Mqtt.Tests.Codec;
using Edge.Protocols.Mqtt.Tests.Upstream;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>Whatever comes over the wire, from clients and from upstream; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests
{
    private const int Limit = 256 * 1024;

    private static readonly byte[][] Good = [.. Corpus.Packets.Select(packet => packet.Frame)];

    [Fact]
    public void Packets()
    {
        var (room, again) = (new byte[Limit + 5], new byte[Limit + 5]);
        Fuzzing.Run(Good, (octets, random) =>
        {
            var frame = WithLength(octets, random);
            var version = Corpus.AnyVersion(random);
            if (AnyPacket.Rewrite(frame, version, room, out var size) == ParseError.None)
            {
                Assert.Equal(ParseError.None, AnyPacket.Rewrite(room.AsSpan(0, size), version, again, out var sizeAgain));
                Assert.True(room.AsSpan(0, size).SequenceEqual(again.AsSpan(0, sizeAgain)));
                Assert.True(size <= frame.Length);
            }
        });
    }

    [Fact]
    public void Frames_in_pieces() => Fuzzing.Run(Good, (octets, random) =>
    {
        octets = [.. Enumerable.Range(0, random.Next(1, 5)).SelectMany(_ => WithLength(Fuzzing.Mutate(Good, random, 4_096), random)), .. octets];
        var whole = new ReadOnlySequence<byte>(octets);
        var pieces = Segments.Of(octets, Fuzzing.Cuts(octets.Length, random));
        var limit = random.Next(2) == 0 ? Limit : random.Next(2, 1_000);
        bool goesOn;
        do
        {
            goesOn = MqttFramer.TryRead(ref whole, limit, out var expected, out var error);
            Assert.Equal(goesOn, MqttFramer.TryRead(ref pieces, limit, out var frame, out var errorAgain));
            Assert.Equal(error, errorAgain);
            Assert.True(expected.ToArray().AsSpan().SequenceEqual(frame.ToArray()));
            Assert.True(!goesOn || frame.Length <= limit);
        }
        while (goesOn);
    });

    [Fact]
    public void Conversations_with_clients() => Fuzzing.Run(Good, (octets, random) =>
    {
        var talk = AnyConversationTests.Begin(random);
        talk.SaysOctets(WithLength(octets, random));
        for (var frames = random.Next(20); frames > 0 && !talk.IsClosed; frames--)
        {
            AnyConversationTests.Answer(talk, random);
            talk.SaysOctets(random.Next(2) == 0 ? Good[random.Next(Good.Length)] : WithLength(Fuzzing.Mutate(Good, random, 4_096), random));
        }

        AnyConversationTests.Answer(talk, random);
    });

    [Fact]
    public void Conversations_with_upstream() => Fuzzing.Run(Good, (octets, random) =>
    {
        var connect = random.Next(2) == 0 ? UpstreamConversation.V5 : UpstreamConversation.V311;
        var talk = random.Next(8) == 0 ? new UpstreamConversation(connect) : UpstreamConversation.Open(connect);
        ushort packetId = 0;
        for (var frames = random.Next(1, 20); frames > 0 && talk.Outcome is null; frames--)
        {
            talk.Peer.OnFrame(WithLength(octets, random), talk);
            octets = random.Next(2) == 0 ? Good[random.Next(Good.Length)] : Fuzzing.Mutate(Good, random, 4_096);
            while (talk.Outcome is null && talk.Replies.TryDequeue(out var reply))
            {
                if (reply.Type == PacketType.PubComp)
                {
                    talk.Peer.OnReleased(reply, random.Next(2) == 0, talk);
                }
                else
                {
                    talk.Peer.OnPublished(reply, (PublishOutcome)random.Next(7), talk);
                }
            }

            if (talk.Peer.WantsDelivery && random.Next(2) == 0 && packetId < 10)
            {
                talk.Peer.OnDelivery(UpstreamConversation.Delivery(++packetId, (QualityOfService)random.Next(1, 3)), talk);
            }
            else if (random.Next(10) == 0 && talk.Outcome is null && talk.Timers.Keys.ToArray() is { Length: > 0 } timers)
            {
                talk.RunsOut(timers[random.Next(timers.Length)]);
            }
        }

        talk.Taken();
    });

    /// <summary>Makes Remaining Length fit, most of the time.</summary>
    private static byte[] WithLength(byte[] octets, Random random)
    {
        if (octets.Length < 2 || random.Next(8) == 0)
        {
            return octets;
        }

        var body = octets.AsSpan(2);
        var length = new byte[VariableByteInteger.SizeOf(body.Length)];
        var writer = new WireWriter(length);
        VariableByteInteger.Write(ref writer, body.Length);
        return [octets[0], .. length, .. body];
    }
}
