using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>What a frame costs beyond the octets that are kept of it.</summary>
public sealed class AllocationTests
{
    private readonly Sink _sink = new();
    private readonly MqttSnPeer _peer;

    public AllocationTests()
    {
        _peer = new MqttSnPeer(Node.DefaultOptions, new KnownTopics(Node.DefaultOptions), "");
        _peer.OnFrame(Hex.Parse("0A 04 04 01 003C 61626364"), _sink);
        _peer.OnConnected(new ConnectOutcome(ConnectRefusal.None, new NoSession(), false), _sink);
        _peer.OnFrame(Hex.Parse("09 0A 0000 0001 612F62"), _sink);
    }

    [Theory]
    [InlineData("09 0C 20 EADE 0002 6869"), InlineData("09 0C 21 0001 002A 6869"), InlineData("09 0C 42 6162 002A 6869"), InlineData("09 0C 62 6162 002A 6869")]
    public void A_publish_costs_its_message_and_payload(string publish)
    {
        var frame = Hex.Parse(publish);
        var topic = Node.Name("a/b");
        var message = Allocations.PerCall(() => _sink.Message = new Message { Topic = topic, Payload = frame.AsSpan(7).ToArray() });

        Assert.Equal(message, Allocations.PerCall(() =>
        {
            _peer.OnFrame(frame, _sink);
            _peer.OnPublished(_sink.Reply, PublishOutcome.Accepted, _sink);
        }));
        Assert.NotNull(_sink.Message);
    }

    [Fact]
    public void A_delivery_costs_nothing()
    {
        var delivery = Node.Delivery("a/b", QualityOfService.AtLeastOnce, packetId: 5);
        var acknowledgement = Hex.Parse("07 0D EADE 0005 00");

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            _peer.OnDelivery(delivery, _sink);
            _peer.OnFrame(acknowledgement, _sink);
        }));
        Assert.True(_peer.WantsDelivery);
    }

    [Fact]
    public void Pings_and_refused_frames_cost_nothing()
    {
        var ping = Hex.Parse("02 16");
        var unknown = Hex.Parse("09 0C 20 0009 002A 6869");
        var malformed = Hex.Parse("09 0C 21 0001 002A 68");
        var calls = 0;

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            _peer.OnFrame(ping, _sink);
            _peer.OnFrame(unknown, _sink);
            _peer.OnFrame(malformed, _sink);
            calls++;
        }));
        Assert.Equal(2 * calls, _sink.Refused);
    }

    /// <summary>Takes everything and allocates nothing.</summary>
    private sealed class Sink : IPeerEffects<MqttSnReply>
    {
        private readonly byte[] _frame = new byte[1_500];

        public Message? Message { get; set; }

        public MqttSnReply Reply { get; private set; }

        public int Refused { get; private set; }

        public Span<byte> Send(int size) => _frame.AsSpan(0, size);

        public void Connect(ConnectRequest request) => _frame.AsSpan().Clear();

        public void Authenticate(ConnectRequest request, string method, ReadOnlyMemory<byte> data) => _frame[0]++;

        public void Reauthenticate(string method, ReadOnlyMemory<byte> data) => _frame[0]++;

        public void ContinueAuthentication(ReadOnlyMemory<byte> data) => _frame[0]++;

        public void Publish(Message message, ushort packetId, MqttSnReply reply) => (Message, Reply) = (message, reply);

        public void PublishWithoutSession(Message message) => Message = message;

        public void Release(ushort packetId, MqttSnReply reply) => Reply = reply;

        public void Subscribe(IReadOnlyList<Subscription> subscriptions, MqttSnReply reply) => Reply = reply;

        public void Unsubscribe(IReadOnlyList<TopicFilter> filters, MqttSnReply reply) => Reply = reply;

        public bool TryRead(TopicName topic, out Message? message) => throw new NotSupportedException();

        public void Note(ReadOnlyMemory<byte> note, MqttSnReply reply) => Reply = reply;

        public void Sleep(TimeSpan longest, TimeSpan sessionExpiry, MqttSnReply reply) => Reply = reply;

        public void ChangeWill(WillMessage? will, MqttSnReply reply) => Reply = reply;

        public void GiveWay() => _frame[0]++;

        public bool Acknowledge(ushort packetId, Acknowledgement acknowledgement) => ++_frame[0] != 0;

        public void Discard(in Delivery delivery, DropCause cause) => _frame[0]++;

        public void Arm(PeerTimer timer, TimeSpan due) => _frame[0]++;

        public void Disarm(PeerTimer timer) => _frame[0]++;

        public void Refuse(ParseError reason, int octets) => Refused++;

        public void Part(bool publishWill) => _frame[0]++;

        public void Close(bool publishWill, TimeSpan? sessionExpiry) => _frame[0]++;
    }
}
