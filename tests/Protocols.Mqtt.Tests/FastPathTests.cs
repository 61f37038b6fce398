using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Tests.Codec;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>A message on its way through costs its message and its payload, and nothing else.</summary>
public sealed class FastPathTests
{
    [Theory]
    [InlineData(Conversation.ConnectV311, "30 \"plant/1/temperature\" 'twenty-one degrees'")]
    [InlineData(Conversation.ConnectV5, "30 \"plant/1/temperature\" 00 'twenty-one degrees'")]
    [InlineData(Conversation.ConnectV5, "32 \"plant/1/temperature\" 000A 00 'twenty-one degrees'")]
    [InlineData(Conversation.ConnectV5, "30 \"\" [23 0001] 'twenty-one degrees'")]
    public void An_incoming_message_allocates_itself_and_its_payload(string connect, string publish)
    {
        var frame = Hex.Packet(publish);
        var (peer, sink) = Connected(connect);
        peer.OnFrame(Hex.Packet(connect == Conversation.ConnectV5 ? "30 \"plant/1/temperature\" [23 0001]" : "30 \"t\""), sink);
        var allocated = Allocations.PerCall(() => peer.OnFrame(frame, sink));

        var topic = OutgoingPublishTests.MessageOf("t", "").Topic;
        var least = Allocations.PerCall(() => sink.Last = new Message { Topic = topic, Payload = "twenty-one degrees"u8.ToArray() });
        Assert.Equal(least, allocated);
    }

    [Theory]
    [InlineData(Conversation.ConnectV311, "40 000A"), InlineData(Conversation.ConnectV5, "40 000A 10"), InlineData(Conversation.ConnectV5, "62 000A"), InlineData(Conversation.ConnectV5, "C0")]
    public void Other_frequent_packets_allocate_nothing(string connect, string packet)
    {
        var frame = Hex.Packet(packet);
        var (peer, sink) = Connected(connect);

        Assert.Equal(0, Allocations.PerCall(() => peer.OnFrame(frame, sink)));
    }

    [Theory]
    [InlineData(Conversation.ConnectV311), InlineData(Conversation.ConnectV5), InlineData("10 \"MQTT\" 05 02 0000 [22 000A] \"c\"")]
    public void An_outgoing_message_allocates_nothing(string connect)
    {
        var (peer, sink) = Connected(connect);
        var delivery = OutgoingPublishTests.DeliveryOf(OutgoingPublishTests.FullMessage with { ExpiresAt = DateTimeOffset.MaxValue })
            with
        { SubscriptionIdentifiers = [1, 2] };

        Assert.Equal(0, Allocations.PerCall(() => peer.OnDelivery(delivery, sink)));
    }

    private static (MqttConnection Peer, Sink Sink) Connected(string connect)
    {
        var sink = new Sink();
        var peer = new MqttConnection(new MqttOptions(), TimeProvider.System, "here");
        peer.OnFrame(Hex.Packet(connect), sink);
        peer.OnConnected(new ConnectOutcome(ConnectRefusal.None, new FakeSession("c", TimeSpan.Zero), SessionPresent: false), sink);
        return (peer, sink);
    }

    /// <summary>Effects that come to nothing, at no cost.</summary>
    private sealed class Sink : IPeerEffects<MqttReply>
    {
        private readonly byte[] _room = new byte[1_024];

        public Message? Last { get; set; }

        public Span<byte> Send(int size) => _room.AsSpan(0, size);

        public void Publish(Message message, ushort packetId, MqttReply reply) => Last = message;

        public void Connect(ConnectRequest request)
        {
        }

        public void Authenticate(ConnectRequest request, string method, ReadOnlyMemory<byte> data)
        {
        }

        public void Reauthenticate(string method, ReadOnlyMemory<byte> data)
        {
        }

        public void ContinueAuthentication(ReadOnlyMemory<byte> data)
        {
        }

        public void PublishWithoutSession(Message message)
        {
        }

        public void Release(ushort packetId, MqttReply reply)
        {
        }

        public void Subscribe(IReadOnlyList<Subscription> subscriptions, MqttReply reply)
        {
        }

        public void Unsubscribe(IReadOnlyList<TopicFilter> filters, MqttReply reply)
        {
        }

        public bool Acknowledge(ushort packetId, Acknowledgement acknowledgement) => true;

        public bool TryRead(TopicName topic, out Message? message) => throw new NotSupportedException();

        public void Note(ReadOnlyMemory<byte> note, MqttReply reply) => throw new NotSupportedException();

        public void Sleep(TimeSpan longest, TimeSpan sessionExpiry, MqttReply reply) => throw new NotSupportedException();

        public void ChangeWill(WillMessage? will, MqttReply reply) => throw new NotSupportedException();

        public void GiveWay() => throw new NotSupportedException();

        public void Discard(in Delivery delivery, DropCause cause)
        {
        }

        public void Arm(PeerTimer timer, TimeSpan due)
        {
        }

        public void Disarm(PeerTimer timer)
        {
        }

        public void Refuse(ParseError reason, int octets) => Assert.Fail(reason.ToString());

        public void Part(bool publishWill) => throw new NotSupportedException();

        public void Close(bool publishWill, TimeSpan? sessionExpiry = null) => Assert.Fail("closed");
    }
}
