using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Transfer;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Protocols.Coap.Tests;

/// <summary>A peer and all it asks for, as text, in order. The test plays both the device and the broker.</summary>
internal sealed class EndPoint : IPeerEffects<CoapReply>
{
    private readonly List<string> _asked = [];
    private readonly Queue<CoapReply> _replies = [];
    private byte[]? _frame;
    private ushort _lastMessageId;
    private uint? _firstStep;

    public EndPoint(CoapOptions? options = null, bool isProven = true)
    {
        options ??= new CoapOptions();
        Server = new CoapServer(options, Bodies = new BodyBudget(options.MaxBlockBytesTotal), Clock, new Random(1));
        Peer = Server.NewPeer("192.0.2.7:5683", isProven);
    }

    /// <summary>Another kind of conversation.</summary>
    public EndPoint(IPeer<CoapReply> peer)
        : this() => Peer = peer;

    /// <summary>A further end point of the same front.</summary>
    public EndPoint(EndPoint other)
    {
        (Clock, Bodies, Server) = (other.Clock, other.Bodies, other.Server);
        Peer = Server.NewPeer("192.0.2.8:5683", isProven: true);
    }

    public CoapServer Server { get; }

    public BodyBudget Bodies { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public IPeer<CoapReply> Peer { get; }

    public ConnectRequest? Request { get; private set; }

    public Subscription? Subscription { get; private set; }

    /// <summary>The subscription by which the device gets requests.</summary>
    public Subscription? RequestsFor { get; private set; }

    public Message? Published { get; private set; }

    public Dictionary<PeerTimer, TimeSpan> Timers { get; } = [];

    /// <summary>What is retained, and what may not be read.</summary>
    public Dictionary<string, Message> Retained { get; } = [];

    public HashSet<string> Denied { get; } = [];

    /// <summary>Messages sent, oldest first, whole.</summary>
    public List<byte[]> Sent { get; } = [];

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

    /// <summary>Whether the peer has ended the conversation; nothing may happen to it any more.</summary>
    public bool IsClosed { get; private set; }

    public ushort LastMessageId => _lastMessageId;

    /// <summary>An end point that has a session.</summary>
    public static EndPoint Connected(CoapOptions? options = null)
    {
        var endPoint = new EndPoint(options);
        endPoint.Asks("GET", "ps/x");
        endPoint.BrokerAccepts();
        endPoint.Request = null;
        _ = endPoint.Asked;
        return endPoint;
    }

    public static Message Message(string topic, string payload, string? contentType = null) => new()
    {
        Topic = TopicName.TryParse(topic, out var name) ? name : throw new ArgumentException(topic),
        Payload = Encoding.UTF8.GetBytes(payload),
        Properties = contentType is null ? null : new MessageProperties { ContentType = contentType },
    };

    /// <summary>A request, such as <c>POST ps/a?q=1</c>, with a Token and a new Message ID.</summary>
    public void Asks(string method, string uri, string payload = "", bool confirmable = true, string token = "AB", params (OptionNumber Number, uint Value)[] options) =>
        Says(Encode(method, uri, payload, confirmable, token, ++_lastMessageId, options));

    public static byte[] Encode(string method, string uri, string payload, bool confirmable, string token, ushort messageId, params (OptionNumber Number, uint Value)[] options)
    {
        var code = method switch { "GET" => CoapCode.Get, "POST" => CoapCode.Post, "PUT" => CoapCode.Put, "DELETE" => CoapCode.Delete, "FETCH" => CoapCode.Fetch, _ => new CoapCode(0x1F) };
        var parts = uri.Split('?');
        var all = parts[0].Split('/').Select(segment => (Number: OptionNumber.UriPath, Value: Encoding.UTF8.GetBytes(segment)))
            .Concat(parts.Skip(1).SelectMany(query => query.Split('&')).Select(argument => (OptionNumber.UriQuery, Encoding.UTF8.GetBytes(argument))))
            .Concat(options.Select(option => (option.Number, new[] { (byte)(option.Value >> 16), (byte)(option.Value >> 8), (byte)option.Value }.SkipWhile(octet => octet == 0).ToArray())))
            .OrderBy(option => option.Item1);
        var buffer = new byte[4_096];
        var writer = new CoapWriter(buffer, confirmable ? CoapType.Confirmable : CoapType.NonConfirmable, code, messageId, Hex.Parse(token));
        foreach (var (number, value) in all)
        {
            writer.WriteOption(number, value);
        }

        writer.WritePayload(Encoding.UTF8.GetBytes(payload));
        return buffer[..writer.Written];
    }

    public void Says(byte[] frame) => Peer.OnFrame(frame, this);

    public void Says(string hex) => Says(Hex.Parse(hex));

    /// <summary>An Acknowledgement or a Reset of the message sent last.</summary>
    public void Answers(CoapType type)
    {
        NoteFrame();
        Says([(byte)(0x40 | ((int)type << 4)), 0, Sent[^1][2], Sent[^1][3]]);
    }

    public void BrokerAccepts() => Peer.OnConnected(new ConnectOutcome(ConnectRefusal.None, new NoSession(), false), this);

    public void BrokerRefuses(ConnectRefusal refusal) => Peer.OnConnected(new ConnectOutcome(refusal, null, false), this);

    public void BrokerPublished(PublishOutcome outcome = PublishOutcome.Accepted) => Peer.OnPublished(_replies.Dequeue(), outcome, this);

    public void BrokerReleased() => Peer.OnReleased(_replies.Dequeue(), known: true, this);

    public void BrokerSubscribed(SubscribeOutcome outcome = SubscribeOutcome.GrantedQos1) => Peer.OnSubscribed(_replies.Dequeue(), [outcome], this);

    public void BrokerUnsubscribed() => Peer.OnUnsubscribed(_replies.Dequeue(), [true], this);

    public void BrokerDelivers(string topic, string payload, int qos = 1, ushort packetId = 1) => Peer.OnDelivery(
        new Delivery(DeliveryKind.Publish, qos == 0 ? (ushort)0 : packetId, Message(topic, payload), (QualityOfService)qos, false, false, Subscription is null ? null : [Subscription.Identifier]), this);

    /// <summary>Somebody asks the device for something.</summary>
    public void BrokerAsks(Message message) =>
        Peer.OnDelivery(new Delivery(DeliveryKind.Publish, 9, message, QualityOfService.AtLeastOnce, false, false, [RequestsFor!.Identifier]), this);

    public void BrokerReleases(ushort packetId) => Peer.OnDelivery(new Delivery(DeliveryKind.Release, packetId, null, QualityOfService.ExactlyOnce, false, false, null), this);

    public void TimeIsUp(PeerTimer timer)
    {
        Assert.True(Timers.Remove(timer), $"{timer} is not armed");
        Peer.OnTimer(timer, this);
    }

    /// <summary>Something that may happen now.</summary>
    public void Happens(Random random)
    {
        switch (random.Next(7))
        {
            case 0 when Request is not null:
                Request = null;
                BrokerAccepts();
                break;
            case 1 when _replies.TryDequeue(out var reply):
                if (random.Next(2) == 0)
                {
                    Peer.OnPublished(reply, (PublishOutcome)random.Next(8), this);
                }
                else
                {
                    Peer.OnSubscribed(reply, [(SubscribeOutcome)random.Next(7)], this);
                }

                break;
            case 2 when Peer.WantsDelivery:
                BrokerDelivers("a", new string('z', random.Next(2_000)), random.Next(3));
                break;
            case 3 when Timers.Count > 0:
                TimeIsUp(Timers.Keys.ElementAt(random.Next(Timers.Count)));
                break;
            case 4 when Sent.Count > 0:
                Answers(random.Next(2) == 0 ? CoapType.Acknowledgement : CoapType.Reset);
                break;
            case 5 when Peer.WantsDelivery:
                BrokerReleases(1);
                break;
            case 6 when Peer.WantsDelivery && RequestsFor is not null:
                BrokerAsks(Message("$coap/dev1/request", """{"path":"t"}"""));
                break;
        }
    }

    Span<byte> IPeerEffects<CoapReply>.Send(int size)
    {
        NoteFrame();
        return _frame = new byte[size];
    }

    void IPeerEffects<CoapReply>.Connect(ConnectRequest request)
    {
        Request = request;
        Note($"connect «{request.ClientId}»");
    }

    void IPeerEffects<CoapReply>.Publish(Message message, ushort packetId, CoapReply reply)
    {
        if (reply != default)
        {
            _replies.Enqueue(reply); // Else it is the answer to a request for the device, and nobody waits for what becomes of it.
        }

        Published = message;
        Note($"publish {message.Topic} QoS {(int)message.Qos}{(message.Retain ? " retain" : "")} «{Encoding.UTF8.GetString(message.Payload.Span)}»");
    }

    void IPeerEffects<CoapReply>.Release(ushort packetId, CoapReply reply)
    {
        _replies.Enqueue(reply);
        Note($"release {packetId}");
    }

    void IPeerEffects<CoapReply>.Subscribe(IReadOnlyList<Subscription> subscriptions, CoapReply reply)
    {
        var subscription = Assert.Single(subscriptions);
        if (subscription.Filter.ToString().StartsWith("$coap/", StringComparison.Ordinal))
        {
            RequestsFor = subscription;
            return;
        }

        _replies.Enqueue(reply);
        Subscription = subscription;
        Note($"subscribe {Subscription.Filter} QoS {(int)Subscription.MaximumQos}{(Subscription.RetainHandling == RetainHandling.Send ? " with retained" : "")}");
    }

    void IPeerEffects<CoapReply>.Unsubscribe(IReadOnlyList<TopicFilter> filters, CoapReply reply)
    {
        _replies.Enqueue(reply);
        Note($"unsubscribe {Assert.Single(filters)}");
    }

    bool IPeerEffects<CoapReply>.TryRead(TopicName topic, out Message? message)
    {
        message = Retained.GetValueOrDefault(topic.ToString());
        return !Denied.Contains(topic.ToString());
    }

    bool IPeerEffects<CoapReply>.Acknowledge(ushort packetId, Acknowledgement acknowledgement)
    {
        Note($"acknowledge {packetId} {acknowledgement}");
        return true;
    }

    void IPeerEffects<CoapReply>.Discard(in Delivery delivery, DropCause cause) => Note($"discard {delivery.PacketId} {cause}");

    void IPeerEffects<CoapReply>.Arm(PeerTimer timer, TimeSpan due) => Timers[timer] = due;

    void IPeerEffects<CoapReply>.Disarm(PeerTimer timer) => Timers.Remove(timer);

    void IPeerEffects<CoapReply>.Refuse(ParseError reason, int octets) => Note($"refuse {reason}");

    void IPeerEffects<CoapReply>.Part(bool publishWill) => Note("part");

    void IPeerEffects<CoapReply>.Close(bool publishWill, TimeSpan? sessionExpiry)
    {
        Request = null; // A session that the broker was asked for is nobody's.
        Note("close");
        IsClosed = true;
        Peer.OnClosed();
    }

    void IPeerEffects<CoapReply>.Authenticate(ConnectRequest request, string method, ReadOnlyMemory<byte> data) => throw new NotSupportedException();

    void IPeerEffects<CoapReply>.Reauthenticate(string method, ReadOnlyMemory<byte> data) => throw new NotSupportedException();

    void IPeerEffects<CoapReply>.ContinueAuthentication(ReadOnlyMemory<byte> data) => throw new NotSupportedException();

    void IPeerEffects<CoapReply>.PublishWithoutSession(Message message) => throw new NotSupportedException();

    void IPeerEffects<CoapReply>.Note(ReadOnlyMemory<byte> note, CoapReply reply) => throw new NotSupportedException();

    void IPeerEffects<CoapReply>.Sleep(TimeSpan longest, TimeSpan sessionExpiry, CoapReply reply) => throw new NotSupportedException();

    void IPeerEffects<CoapReply>.ChangeWill(WillMessage? will, CoapReply reply) => throw new NotSupportedException();

    void IPeerEffects<CoapReply>.GiveWay() => Note("give way");

    private void Note(string asked)
    {
        NoteFrame();
        _asked.Add(asked);
    }

    /// <summary>A frame is filled in after it was asked for, so it is read no sooner than at the next effect.</summary>
    private void NoteFrame()
    {
        if (_frame is { } frame)
        {
            _frame = null;
            Sent.Add(frame);
            _asked.Add(Show(frame));
        }
    }

    /// <summary>Type, code, Token, options and payload, such as <c>ACK 2.05 AB Observe=1 «hi»</c>.</summary>
    private string Show(byte[] frame)
    {
        Assert.True(CoapMessage.TryParse(frame, out var message, out var error), $"{error}");
        var text = new StringBuilder(message.Type switch { CoapType.Confirmable => "CON", CoapType.NonConfirmable => "NON", CoapType.Acknowledgement => "ACK", _ => "RST" });
        if (message.Code != CoapCode.Empty)
        {
            text.Append(' ').Append(message.Code).Append(' ').Append(Hex.Of(message.Token));
        }

        foreach (var option in message.Options)
        {
            text.Append(' ').Append(option.Number).Append('=').Append(option.Number switch
            {
                OptionNumber.LocationPath or OptionNumber.UriPath or OptionNumber.UriQuery => option.Text,
                OptionNumber.ETag or OptionNumber.Echo => "*",
                OptionNumber.Observe => 1 + option.Number32 - (_firstStep ??= option.Number32),
                _ => option.Number32,
            });
        }

        return message.Payload.IsEmpty ? text.ToString() : text.Append(" «").Append(message.Payload.Length > 40 ? $"{message.Payload.Length} octets" : Encoding.UTF8.GetString(message.Payload)).Append('»').ToString();
    }
}
