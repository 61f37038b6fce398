using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Mqtt.Codec;
using Edge.Protocols.Mqtt.Upstream;

namespace Edge.Protocols.Mqtt.Tests.Upstream;

/// <summary>Our talk with an upstream broker, octet for octet, and what we ask of the world meanwhile, line for line.</summary>
internal sealed class UpstreamConversation : IUpstreamEffects
{
    public const string AcceptV5 = "20 00 00 00";
    public const string AcceptV311 = "20 00 00";

    private readonly List<object> _done = [];

    public UpstreamConversation(UpstreamConnect connect)
    {
        Peer = new MqttUpstream(connect, Clock);
        Peer.OnOpened(this);
    }

    public MqttUpstream Peer { get; }

    public SetClock Clock { get; } = new();

    public UpstreamTerms? Terms { get; private set; }

    public UpstreamEnd? Outcome { get; private set; }

    public Queue<MqttReply> Replies { get; } = [];

    public List<Message> Published { get; } = [];

    /// <summary>Timers that run, and for how long.</summary>
    public Dictionary<PeerTimer, TimeSpan> Timers { get; } = [];

    public static UpstreamConnect V5 { get; } = new() { ClientId = "edge", ReceiveMaximum = 10, MaxPacketSize = 4096 };

    public static UpstreamConnect V311 { get; } = V5 with { Version = MqttVersion.Mqtt311 };

    /// <summary>A talk past CONNACK, with the session attached. What was sent so far is taken.</summary>
    public static UpstreamConversation Open(UpstreamConnect connect, string? connAck = null)
    {
        var talk = new UpstreamConversation(connect);
        talk.Says(connAck ?? (connect.Version == MqttVersion.Mqtt5 ? AcceptV5 : AcceptV311));
        talk.Peer.OnAttached(talk);
        talk.Taken();
        return talk;
    }

    /// <summary>What <see cref="Taken"/> shows when a packet is sent; see <see cref="Hex.Packet"/>.</summary>
    public static string Sent(string packet) => $"< {Hex.Of(Hex.Packet(packet))}";

    public static Delivery Delivery(
        ushort packetId, QualityOfService qos, string payload = "hi", bool retain = false, bool dup = false, DateTimeOffset? expiresAt = null)
    {
        Assert.True(TopicName.TryParse("a/b", out var topic));
        var message = new Message { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload), Qos = qos, ExpiresAt = expiresAt };
        return new Delivery(DeliveryKind.Publish, packetId, message, qos, retain, dup, null);
    }

    public static Delivery Release(ushort packetId) =>
        new(DeliveryKind.Release, packetId, null, QualityOfService.ExactlyOnce, Retain: false, Dup: false, null);

    /// <summary>What was asked since last time, a line each; octets sent as hex after <c>&lt;</c>.</summary>
    public string[] Taken()
    {
        var lines = _done.Select(done => done as string ?? $"< {Hex.Of((byte[])done)}").ToArray();
        _done.Clear();
        return lines;
    }

    /// <summary>Upstream sends a packet.</summary>
    public string[] Says(string packet)
    {
        Peer.OnFrame(Hex.Packet(packet), this);
        return Taken();
    }

    /// <summary>The session has something to send.</summary>
    public string[] Delivers(Delivery delivery)
    {
        Assert.True(Peer.WantsDelivery);
        Peer.OnDelivery(delivery, this);
        return Taken();
    }

    /// <summary>The broker answers the oldest publish.</summary>
    public string[] Answers(PublishOutcome outcome)
    {
        Peer.OnPublished(Replies.Dequeue(), outcome, this);
        return Taken();
    }

    /// <summary>Lets a timer run out that is armed.</summary>
    public string[] RunsOut(PeerTimer timer)
    {
        Assert.True(Timers.Remove(timer, out var due));
        Clock.Now += due;
        Peer.OnTimer(timer, this);
        return Taken();
    }

    Span<byte> IUpstreamEffects.Send(int size)
    {
        Assert.Null(Outcome);
        var frame = new byte[size];
        _done.Add(frame);
        return frame;
    }

    void IUpstreamEffects.Accepted(UpstreamTerms terms)
    {
        Terms = terms;
        _done.Add("accepted");
    }

    void IUpstreamEffects.Publish(Message message, uint subscriptionIdentifier, ushort packetId, MqttReply reply)
    {
        Assert.Null(Outcome);
        Published.Add(message);
        Replies.Enqueue(reply);
        _done.Add(
            $"publish {message.Topic} '{Encoding.UTF8.GetString(message.Payload.Span)}' {(int)message.Qos}{(message.Retain ? " retain" : "")} "
            + $"{packetId} by {subscriptionIdentifier}");
    }

    void IUpstreamEffects.PassOver(TopicName topic, MqttReply reply)
    {
        Replies.Enqueue(reply);
        _done.Add($"pass over {topic}");
    }

    void IUpstreamEffects.Release(ushort packetId, MqttReply reply)
    {
        Replies.Enqueue(reply);
        _done.Add($"release {packetId}");
    }

    void IUpstreamEffects.Acknowledge(ushort packetId, Acknowledgement acknowledgement) => _done.Add($"acknowledge {packetId} {acknowledgement}");

    void IUpstreamEffects.Discard(in Delivery delivery, DropCause cause, ReasonCode reason) =>
        _done.Add($"discard {delivery.PacketId} {cause} {reason}");

    void IUpstreamEffects.Postponed(in Delivery delivery, ReasonCode reason) => _done.Add($"postponed {delivery.PacketId} {reason}");

    void IUpstreamEffects.SubscriptionRefused(Subscription subscription, ReasonCode reason) =>
        _done.Add($"subscription refused {subscription.Filter} {reason}");

    void IUpstreamEffects.Arm(PeerTimer timer, TimeSpan due) => Timers[timer] = due;

    void IUpstreamEffects.Disarm(PeerTimer timer) => Timers.Remove(timer);

    void IUpstreamEffects.Close(UpstreamEnd outcome)
    {
        Assert.Null(Outcome);
        Outcome = outcome;
        _done.Add($"close {outcome.Cause}");
    }

    /// <summary>Stands where a test puts it.</summary>
    internal sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;
    }
}
