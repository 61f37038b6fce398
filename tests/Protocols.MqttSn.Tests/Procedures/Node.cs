using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>A peer and all it asks for, as text, in order. The test plays both the node and the broker.</summary>
internal sealed class Node : IPeerEffects<MqttSnReply>
{
    public static readonly MqttSnOptions DefaultOptions = new()
    {
        GatewayId = 7,
        PredefinedTopics = Predefined((1, "plant/1/temperature"), (2, "plant/1/humidity")),
    };

    private readonly List<string> _asked = [];
    private readonly Queue<MqttSnReply> _replies = [];
    private readonly Queue<MqttSnReply> _noted = [];
    private byte[]? _frame;

    public Node(MqttSnOptions? options = null, bool isProven = true)
    {
        options ??= DefaultOptions;
        Peer = new MqttSnPeer(options, new KnownTopics(options), "192.0.2.7:50123", isProven);
    }

    public MqttSnPeer Peer { get; }

    public ConnectRequest? Request { get; private set; }

    /// <summary>What the session keeps for the peer.</summary>
    public ReadOnlyMemory<byte> KeptNote { get; private set; }

    public Dictionary<PeerTimer, TimeSpan> Timers { get; } = [];

    /// <summary>What was asked for since the last look.</summary>
    public string[] Asked
    {
        get
        {
            NoteFrame();
            string[] asked = [.. _asked];
            _asked.Clear();
            return asked;
        }
    }

    /// <summary>A node with a connection: CONNECT with CleanSession and 60 s as «abcd».</summary>
    public static Node Connected(MqttSnOptions? options = null, string connect = "0A 04 04 01 003C 61626364", bool isProven = true)
    {
        var node = new Node(options, isProven);
        node.Says(connect);
        node.BrokerAccepts();
        _ = node.Asked;
        return node;
    }

    public static TopicName Name(string text) => TopicName.TryParse(text, out var name) ? name : throw new ArgumentException(text);

    public static Dictionary<ushort, PredefinedTopic> Predefined(params (ushort Id, string Topic)[] topics) =>
        topics.ToDictionary(topic => topic.Id, topic => PredefinedTopic.TryParse(topic.Topic, out var parsed) ? parsed : throw new ArgumentException(topic.Topic));

    public static KnownTopics Known(params (ushort Id, string Topic)[] topics) => new(DefaultOptions with { PredefinedTopics = Predefined(topics) });

    public static Delivery Delivery(string topic, QualityOfService qos, ushort packetId = 0, string payload = "hi", bool retain = false, bool dup = false) => new(
        DeliveryKind.Publish, packetId, new Message { Topic = Name(topic), Payload = Encoding.UTF8.GetBytes(payload) }, qos, retain, dup, null);

    public static Delivery Release(ushort packetId) => new(DeliveryKind.Release, packetId, null, QualityOfService.ExactlyOnce, false, false, null);

    /// <summary>The node says something. Notes are kept at once; else the broker waits for its cue.</summary>
    public void Says(string hex)
    {
        Peer.OnFrame(Hex.Parse(hex), this);
        while (_noted.TryDequeue(out var reply))
        {
            Peer.OnKept(reply, isAccepted: true, this);
        }
    }

    public void BrokerAccepts(bool sessionPresent = false, ReadOnlyMemory<byte> note = default) =>
        Peer.OnConnected(new ConnectOutcome(ConnectRefusal.None, new NoSession { Note = note }, sessionPresent), this);

    public void BrokerKeeps(bool isAccepted = true) => Peer.OnKept(_replies.Dequeue(), isAccepted, this);

    public void NothingIsLeft()
    {
        if (Peer.AwaitsDrain)
        {
            Peer.OnDrained(this);
        }
    }

    public void BrokerRefuses(ConnectRefusal refusal) => Peer.OnConnected(new ConnectOutcome(refusal, null, false), this);

    public void BrokerPublished(PublishOutcome outcome) => Peer.OnPublished(_replies.Dequeue(), outcome, this);

    public void BrokerReleased(bool known = true) => Peer.OnReleased(_replies.Dequeue(), known, this);

    public void BrokerSubscribed(SubscribeOutcome outcome) => Peer.OnSubscribed(_replies.Dequeue(), [outcome], this);

    public void BrokerUnsubscribed() => Peer.OnUnsubscribed(_replies.Dequeue(), [true], this);

    public void BrokerDelivers(Delivery delivery) => Peer.OnDelivery(delivery, this);

    public void TimeIsUp(PeerTimer timer)
    {
        Assert.True(Timers.Remove(timer), $"{timer} is not armed");
        Peer.OnTimer(timer, this);
    }

    /// <summary>Registers a name as the client does, and gives its topic id in hex.</summary>
    public string Registered(string name)
    {
        Says($"{6 + name.Length:X2} 0A 0000 0001 {Convert.ToHexString(Encoding.UTF8.GetBytes(name))}");
        return Assert.Single(Asked)["send 070B".Length..][..4];
    }

    Span<byte> IPeerEffects<MqttSnReply>.Send(int size)
    {
        NoteFrame();
        return _frame = new byte[size];
    }

    void IPeerEffects<MqttSnReply>.Connect(ConnectRequest request)
    {
        Request = request;
        KeptNote = request.Resumes ? KeptNote : request.Note;
        Note("connect " + request.ClientId);
    }

    void IPeerEffects<MqttSnReply>.Publish(Message message, ushort packetId, MqttSnReply reply)
    {
        _replies.Enqueue(reply);
        Note($"publish {Show(message)} id {packetId}");
    }

    void IPeerEffects<MqttSnReply>.Authenticate(ConnectRequest request, string method, ReadOnlyMemory<byte> data) => Assert.Fail("MQTT-SN knows no such authentication.");

    void IPeerEffects<MqttSnReply>.Reauthenticate(string method, ReadOnlyMemory<byte> data) => Assert.Fail("MQTT-SN knows no such authentication.");

    void IPeerEffects<MqttSnReply>.ContinueAuthentication(ReadOnlyMemory<byte> data) => Assert.Fail("MQTT-SN knows no such authentication.");

    void IPeerEffects<MqttSnReply>.PublishWithoutSession(Message message) => Note($"publish without session {Show(message)}");

    void IPeerEffects<MqttSnReply>.Release(ushort packetId, MqttSnReply reply)
    {
        _replies.Enqueue(reply);
        Note($"release {packetId}");
    }

    void IPeerEffects<MqttSnReply>.Subscribe(IReadOnlyList<Subscription> subscriptions, MqttSnReply reply)
    {
        _replies.Enqueue(reply);
        var subscription = Assert.Single(subscriptions);
        Note($"subscribe {subscription.Filter} at QoS {(int)subscription.MaximumQos}");
    }

    void IPeerEffects<MqttSnReply>.Unsubscribe(IReadOnlyList<TopicFilter> filters, MqttSnReply reply)
    {
        _replies.Enqueue(reply);
        Note($"unsubscribe {Assert.Single(filters)}");
    }

    bool IPeerEffects<MqttSnReply>.TryRead(TopicName topic, out Message? message) => throw new NotSupportedException();

    void IPeerEffects<MqttSnReply>.Note(ReadOnlyMemory<byte> note, MqttSnReply reply)
    {
        KeptNote = note;
        _noted.Enqueue(reply);
    }

    void IPeerEffects<MqttSnReply>.Sleep(TimeSpan longest, TimeSpan sessionExpiry, MqttSnReply reply)
    {
        _replies.Enqueue(reply);
        Note($"sleep {longest.TotalSeconds} s, expiry {sessionExpiry.TotalSeconds} s");
    }

    void IPeerEffects<MqttSnReply>.ChangeWill(WillMessage? will, MqttSnReply reply)
    {
        _replies.Enqueue(reply);
        Note(will is null ? "no Will" : $"Will {Show(will.Message)}");
    }

    void IPeerEffects<MqttSnReply>.Part(bool publishWill) => Note("part");

    void IPeerEffects<MqttSnReply>.GiveWay() => Note("give way");

    bool IPeerEffects<MqttSnReply>.Acknowledge(ushort packetId, Acknowledgement acknowledgement)
    {
        Note($"acknowledge {packetId} {acknowledgement}");
        return true;
    }

    void IPeerEffects<MqttSnReply>.Discard(in Delivery delivery, DropCause cause) => Note($"discard {delivery.Message!.Topic} {cause}");

    void IPeerEffects<MqttSnReply>.Arm(PeerTimer timer, TimeSpan due) => Timers[timer] = due;

    void IPeerEffects<MqttSnReply>.Disarm(PeerTimer timer) => Timers.Remove(timer);

    void IPeerEffects<MqttSnReply>.Refuse(ParseError reason, int octets) => Note($"refuse {reason}");

    void IPeerEffects<MqttSnReply>.Close(bool publishWill, TimeSpan? sessionExpiry) =>
        Note((publishWill ? "close with Will" : "close") + (sessionExpiry is { } expiry ? $", expiry {expiry.TotalSeconds} s" : ""));

    private static string Show(Message message) =>
        $"{message.Topic} QoS {(int)message.Qos}{(message.Retain ? " retain" : "")} «{Encoding.UTF8.GetString(message.Payload.Span)}»";

    private void Note(string asked)
    {
        NoteFrame();
        _asked.Add(asked);
    }

    /// <summary>A frame is filled in after it was asked for, so it is read no sooner than at the next effect.</summary>
    private void NoteFrame()
    {
        if (_frame is not null)
        {
            _asked.Add("send " + Hex.Format(_frame));
            _frame = null;
        }
    }
}
