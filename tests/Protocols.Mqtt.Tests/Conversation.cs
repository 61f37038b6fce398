using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>A client's talk with a connection, octet for octet, and what the connection asks of the world, line for line.</summary>
internal sealed class Conversation : IPeerEffects<MqttReply>
{
    public const string ConnectV5 = "10 \"MQTT\" 05 02 0000 00 \"c\"";
    public const string ConnectV311 = "10 \"MQTT\" 04 02 0000 \"c\"";
    public const string ConnectV31 = "10 \"MQIsdp\" 03 02 0000 \"c\"";

    private readonly List<object> _done = [];

    public Conversation(MqttOptions? options = null, ClientCertificate? certificate = null)
    {
        Peer = new MqttConnection(options ?? new MqttOptions(), Clock, "192.0.2.7:50123", certificate);
        Peer.OnOpened(this);
    }

    public MqttConnection Peer { get; }

    public SetClock Clock { get; } = new();

    public ConnectRequest? Request { get; private set; }

    public List<Message> Published { get; } = [];

    public Queue<MqttReply> Replies { get; } = [];

    public IReadOnlyList<Subscription> Subscriptions { get; private set; } = [];

    /// <summary>Packet Identifiers of which the session knows nothing.</summary>
    public HashSet<ushort> UnknownExchanges { get; } = [];

    /// <summary>Timers that run, and for how long.</summary>
    public Dictionary<PeerTimer, TimeSpan> Timers { get; } = [];

    public bool IsClosed { get; private set; }

    /// <summary>Whether a session was asked for and not answered.</summary>
    public bool IsConnecting { get; set; }

    /// <summary>Whether a step of an authentication was asked for and not answered.</summary>
    public bool IsAuthenticating { get; private set; }

    /// <summary>What was asked since last time, a line each; octets sent as hex after <c>&lt;</c>.</summary>
    public string[] Taken()
    {
        var lines = _done.Select(done => done as string ?? $"< {Hex.Of((byte[])done)}").ToArray();
        _done.Clear();
        return lines;
    }

    /// <summary>A talk that is past CONNECT and CONNACK.</summary>
    public static Conversation Connected(string connect = ConnectV5, MqttOptions? options = null, TimeSpan granted = default)
    {
        var talk = new Conversation(options);
        talk.Says(connect);
        talk.IsConnecting = false;
        talk.Peer.OnConnected(new ConnectOutcome(ConnectRefusal.None, new FakeSession("c", granted), SessionPresent: false), talk);
        talk.Taken();
        return talk;
    }

    /// <summary>The client sends a packet; see <see cref="Hex.Packet"/>.</summary>
    public string[] Says(string packet) => SaysOctets(Hex.Packet(packet));

    public string[] SaysOctets(byte[] octets)
    {
        Peer.OnFrame(octets, this);
        return Taken();
    }

    /// <summary>The broker answers the oldest publish.</summary>
    public string[] Outcome(PublishOutcome outcome)
    {
        Peer.OnPublished(Replies.Dequeue(), outcome, this);
        return Taken();
    }

    /// <summary>The broker answers a step of an authentication.</summary>
    public string[] Authenticates(AuthenticationOutcome outcome, string data = "")
    {
        Assert.True(IsAuthenticating);
        IsAuthenticating = false;
        Peer.OnAuthenticated(new AuthenticationStep(outcome, Encoding.UTF8.GetBytes(data)), this);
        return Taken();
    }

    public string[] Delivers(Delivery delivery)
    {
        Peer.OnDelivery(delivery, this);
        return Taken();
    }

    /// <summary>What <see cref="Taken"/> shows when a packet is sent.</summary>
    public static string Sent(string packet) => $"< {Hex.Of(Hex.Packet(packet))}";

    Span<byte> IPeerEffects<MqttReply>.Send(int size)
    {
        Assert.False(IsClosed);
        var frame = new byte[size];
        _done.Add(frame);
        return frame;
    }

    void IPeerEffects<MqttReply>.Connect(ConnectRequest request)
    {
        Request = request;
        IsConnecting = true;
        _done.Add("connect");
    }

    void IPeerEffects<MqttReply>.Authenticate(ConnectRequest request, string method, ReadOnlyMemory<byte> data)
    {
        IsAuthenticating = true;
        _done.Add($"authenticate {request.ClientId} {method} '{Encoding.UTF8.GetString(data.Span)}'");
    }

    void IPeerEffects<MqttReply>.Reauthenticate(string method, ReadOnlyMemory<byte> data)
    {
        IsAuthenticating = true;
        _done.Add($"reauthenticate {method} '{Encoding.UTF8.GetString(data.Span)}'");
    }

    void IPeerEffects<MqttReply>.ContinueAuthentication(ReadOnlyMemory<byte> data)
    {
        IsAuthenticating = true;
        _done.Add($"go on with '{Encoding.UTF8.GetString(data.Span)}'");
    }

    void IPeerEffects<MqttReply>.Publish(Message message, ushort packetId, MqttReply reply)
    {
        Assert.False(IsClosed);
        Published.Add(message);
        Replies.Enqueue(reply);
        _done.Add($"publish {message.Topic} '{Encoding.UTF8.GetString(message.Payload.Span)}' {(int)message.Qos}{(message.Retain ? " retain" : "")} {packetId}");
    }

    void IPeerEffects<MqttReply>.PublishWithoutSession(Message message) => Assert.Fail("MQTT knows no publish without a session.");

    void IPeerEffects<MqttReply>.Release(ushort packetId, MqttReply reply)
    {
        Replies.Enqueue(reply);
        _done.Add($"release {packetId}");
    }

    void IPeerEffects<MqttReply>.Subscribe(IReadOnlyList<Subscription> subscriptions, MqttReply reply)
    {
        Subscriptions = subscriptions;
        Replies.Enqueue(reply);
        _done.Add("subscribe " + string.Join(' ', subscriptions.Select(subscription => $"{subscription.Filter}:{(int)subscription.MaximumQos}")));
    }

    void IPeerEffects<MqttReply>.Unsubscribe(IReadOnlyList<TopicFilter> filters, MqttReply reply)
    {
        Replies.Enqueue(reply);
        _done.Add("unsubscribe " + string.Join(' ', filters));
    }

    bool IPeerEffects<MqttReply>.Acknowledge(ushort packetId, Acknowledgement acknowledgement)
    {
        _done.Add($"acknowledge {packetId} {acknowledgement}");
        return !UnknownExchanges.Contains(packetId);
    }

    bool IPeerEffects<MqttReply>.TryRead(TopicName topic, out Message? message) => throw new NotSupportedException();

    void IPeerEffects<MqttReply>.Note(ReadOnlyMemory<byte> note, MqttReply reply) => Assert.Fail("MQTT keeps no note.");

    void IPeerEffects<MqttReply>.Sleep(TimeSpan longest, TimeSpan sessionExpiry, MqttReply reply) => Assert.Fail("MQTT clients do not sleep.");

    void IPeerEffects<MqttReply>.ChangeWill(WillMessage? will, MqttReply reply) => Assert.Fail("MQTT sets its Will with CONNECT only.");

    void IPeerEffects<MqttReply>.Part(bool publishWill) => Assert.Fail("A connection ends with its session.");

    void IPeerEffects<MqttReply>.GiveWay() => Assert.Fail("A connection is one client's.");

    void IPeerEffects<MqttReply>.Discard(in Delivery delivery, DropCause cause) => _done.Add($"discard {delivery.PacketId} {cause}");

    void IPeerEffects<MqttReply>.Arm(PeerTimer timer, TimeSpan due) => Timers[timer] = due;

    void IPeerEffects<MqttReply>.Disarm(PeerTimer timer) => Timers.Remove(timer);

    void IPeerEffects<MqttReply>.Refuse(ParseError reason, int octets) => _done.Add($"refuse {reason}");

    void IPeerEffects<MqttReply>.Close(bool publishWill, TimeSpan? sessionExpiry)
    {
        Assert.False(IsClosed);
        IsClosed = true;
        _done.Add($"close{(publishWill ? ", will" : "")}{(sessionExpiry is { } expiry ? $", expiry {expiry}" : "")}");
    }

    /// <summary>Stands where a test puts it.</summary>
    internal sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
