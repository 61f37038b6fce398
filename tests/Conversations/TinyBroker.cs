using Edge.Messaging;

namespace Edge.Testing;

/// <summary>As much of a broker as conversations need: sessions that may outlive connections, one queue each, Wills, what is retained.</summary>
internal sealed class TinyBroker
{
    private readonly Dictionary<string, Session> _sessions = [];
    private readonly Dictionary<TopicName, Message> _retained = [];
    private int _lastName;

    /// <summary>A ClientId for who has none.</summary>
    public string NewClientId() => $"client-{++_lastName}";

    /// <returns>Null when there is no session to resume.</returns>
    public Session? Connect(ConnectRequest request, out bool sessionPresent)
    {
        sessionPresent = _sessions.TryGetValue(request.ClientId, out var session) && !request.CleanStart;
        if (request.Resumes && (!sessionPresent || session!.Note.IsEmpty))
        {
            return null;
        }

        if (!sessionPresent)
        {
            _sessions[request.ClientId] = session = new Session(this);
        }

        session!.Begin(request);
        return session;
    }

    /// <summary>What is retained of a topic; null for nothing.</summary>
    public Message? Read(TopicName topic) => _retained.GetValueOrDefault(topic);

    public void Publish(Message message)
    {
        if (message.Retain)
        {
            _retained.Remove(message.Topic);
            if (!message.Payload.IsEmpty)
            {
                _retained.Add(message.Topic, message);
            }
        }

        foreach (var session in _sessions.Values)
        {
            session.Offer(message);
        }
    }

    private void Forget(Session session) => _sessions.Remove(_sessions.Single(entry => entry.Value == session).Key);

    internal sealed class Session(TinyBroker broker)
    {
        private readonly Dictionary<TopicFilter, Subscription> _subscriptions = [];
        private readonly HashSet<ushort> _received = [];
        private readonly LinkedList<Delivery> _queue = [];
        private Delivery? _inFlight;
        private bool _isReleasable;
        private ushort _lastPacketId;
        private ConnectRequest? _connection;
        private TimeSpan _expiry;

        public ReadOnlyMemory<byte> Note { get; set; }

        public WillMessage? Will { get; set; }

        public bool IsDrained => _queue.Count == 0 && _inFlight is null;

        public void Sleep(TimeSpan expiry) => _expiry = expiry;

        public void Begin(ConnectRequest request)
        {
            _connection = request;
            if (!request.Resumes)
            {
                (_expiry, Will) = (request.SessionExpiry, request.Will);
                Note = Note.IsEmpty ? request.Note : Note;
            }

            if (_inFlight is { Kind: DeliveryKind.Publish } unacknowledged)
            {
                _queue.AddFirst(unacknowledged with { Dup = true });
                _inFlight = null;
            }
            else if (_inFlight is not null)
            {
                _isReleasable = true;
            }
        }

        public PublishOutcome Publish(Message message, ushort packetId)
        {
            if (packetId != 0 && !_received.Add(packetId))
            {
                return PublishOutcome.Repeated;
            }

            broker.Publish(message);
            return PublishOutcome.Accepted;
        }

        public bool Release(ushort packetId) => _received.Remove(packetId);

        public SubscribeOutcome Subscribe(Subscription subscription)
        {
            _subscriptions[subscription.Filter] = subscription;
            foreach (var message in broker._retained.Values.Where(message => subscription.RetainHandling == RetainHandling.Send && subscription.Filter.Matches(message.Topic)))
            {
                Offer(message);
            }

            return (SubscribeOutcome)subscription.MaximumQos;
        }

        public bool Unsubscribe(TopicFilter filter) => _subscriptions.Remove(filter);

        public void Offer(Message message)
        {
            var matching = _subscriptions.Values.Where(subscription => subscription.Filter.Matches(message.Topic)).ToList();
            if (matching.Count == 0)
            {
                return;
            }

            var qos = (QualityOfService)Math.Min((int)message.Qos, matching.Max(subscription => (int)subscription.MaximumQos));
            uint[] identifiers = [.. matching.Select(subscription => subscription.Identifier)];
            if (qos > QualityOfService.AtMostOnce)
            {
                _lastPacketId = (ushort)((_lastPacketId % ushort.MaxValue) + 1);
                _queue.AddLast(new Delivery(DeliveryKind.Publish, _lastPacketId, message, qos, false, false, identifiers));
            }
            else if (_connection is not null)
            {
                _queue.AddLast(new Delivery(DeliveryKind.Publish, 0, message, qos, false, false, identifiers));
            }
        }

        public bool TryTake(out Delivery delivery)
        {
            delivery = default;
            if (_isReleasable)
            {
                _isReleasable = false;
                delivery = _inFlight!.Value;
                return true;
            }

            var next = _queue.FirstOrDefault(waiting => _inFlight is null || waiting.Qos == QualityOfService.AtMostOnce);
            if (next.Message is null)
            {
                return false;
            }

            _queue.Remove(next);
            _inFlight = next.Qos == QualityOfService.AtMostOnce ? _inFlight : next;
            delivery = next;
            return true;
        }

        public void Acknowledge(ushort packetId, Acknowledgement acknowledgement)
        {
            Assert.Equal(_inFlight?.PacketId, packetId);
            if (acknowledgement == Acknowledgement.PubRec)
            {
                _inFlight = new Delivery(DeliveryKind.Release, packetId, null, QualityOfService.ExactlyOnce, false, false, null);
                _isReleasable = true;
            }
            else
            {
                _inFlight = null;
            }
        }

        public void Discard(in Delivery delivery) => _inFlight = _inFlight?.PacketId == delivery.PacketId ? null : _inFlight;

        public void End(bool publishWill, TimeSpan? expiry = null)
        {
            _connection = null;
            if ((expiry ?? _expiry) == TimeSpan.Zero)
            {
                broker.Forget(this);
            }

            if (publishWill && Will is { } will)
            {
                broker.Publish(will.Message);
            }
        }
    }
}
