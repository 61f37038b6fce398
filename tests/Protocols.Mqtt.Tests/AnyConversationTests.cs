using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Mqtt.Codec;
using Edge.Protocols.Mqtt.Tests.Codec;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>Whatever clients send, and in whatever order the broker answers meanwhile, a connection does not throw and stays with its rules.</summary>
public sealed class AnyConversationTests
{
    private static readonly Delivery Delivery = new(
        DeliveryKind.Publish, 10, OutgoingPublishTests.FullMessage, QualityOfService.AtLeastOnce, Retain: false, Dup: false, [1, 2]);

    [Fact]
    public void Damaged_packets_never_throw()
    {
        var random = new Random(20261123);
        var frames = 0;
        var closed = 0;
        while (frames < 300_000)
        {
            var talk = Begin(random);
            for (var i = 0; i < 20 && !talk.IsClosed; i++, frames++)
            {
                var (_, frame) = Corpus.Packets[random.Next(Corpus.Packets.Length)];
                talk.SaysOctets(random.Next(3) == 0 ? frame : Corpus.Mutate(frame, random));
                Answer(talk, random);
            }

            closed += talk.IsClosed ? 1 : 0;

            // Nothing comes after the end, whatever still happens.
            if (talk.IsClosed)
            {
                talk.Taken();
                Answer(talk, random);
                Assert.Empty(talk.Taken());
            }
        }

        Assert.True(closed > 10_000, "Too few conversations got far enough to be refused.");
    }

    [Fact]
    public void A_malformed_packet_ends_each_connection_once_and_with_its_count()
    {
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++)
        {
            var (version, good) = Corpus.Packets[random.Next(Corpus.Packets.Length)];
            var frame = Corpus.Mutate(good, random);
            if (AnyPacket.Parse(frame, version) == Messaging.Wire.ParseError.None)
            {
                continue;
            }

            var lines = Connected(version).SaysOctets(frame);

            Assert.StartsWith("refuse ", lines[0], StringComparison.Ordinal);
            Assert.Equal("close, will", lines[^1]);
            Assert.Equal(version == MqttVersion.Mqtt5 ? 3 : 2, lines.Length);
        }
    }

    private static Conversation Connected(MqttVersion version) => Conversation.Connected(version switch
    {
        MqttVersion.Mqtt31 => Conversation.ConnectV31,
        MqttVersion.Mqtt311 => Conversation.ConnectV311,
        _ => Conversation.ConnectV5,
    });

    internal static Conversation Begin(Random random) =>
        random.Next(4) == 0 ? new Conversation(new MqttOptions { ReceiveMaximum = 3 }) : Connected(Corpus.AnyVersion(random));

    internal static void Answer(Conversation talk, Random random)
    {
        var outcome = (PublishOutcome)random.Next(7);
        if (talk.IsConnecting)
        {
            var refusal = (ConnectRefusal)random.Next(6);
            talk.IsConnecting = false;
            talk.Peer.OnConnected(new ConnectOutcome(refusal, refusal == ConnectRefusal.None ? new FakeSession("c", TimeSpan.Zero) : null, false), talk);
        }

        if (talk.IsAuthenticating)
        {
            talk.Authenticates((AuthenticationOutcome)random.Next(5), "data");
        }

        while (talk.Replies.TryDequeue(out var reply))
        {
            switch (reply.Type)
            {
                case PacketType.SubAck:
                    talk.Peer.OnSubscribed(reply, [SubscribeOutcome.GrantedQos1, SubscribeOutcome.NotAuthorized], talk);
                    break;
                case PacketType.UnsubAck:
                    talk.Peer.OnUnsubscribed(reply, [true], talk);
                    break;
                case PacketType.PubComp:
                    talk.Peer.OnReleased(reply, random.Next(2) == 0, talk);
                    break;
                default:
                    talk.Peer.OnPublished(reply, outcome, talk);
                    break;
            }
        }

        switch (random.Next(12))
        {
            case 0:
                talk.Peer.OnTimer((PeerTimer)random.Next(4), talk);
                break;
            case 1:
                talk.Peer.OnDetached((DetachReason)random.Next(3), talk);
                break;
            case < 6 when talk.Peer.WantsDelivery:
                talk.Peer.OnDelivery(Delivery, talk);
                break;
        }
    }
}
