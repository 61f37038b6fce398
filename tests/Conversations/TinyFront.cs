using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;

namespace Edge.Testing;

/// <summary>Peers with a broker behind them, and a clock that stands still until told: a gateway without sockets and waiting.</summary>
/// <param name="newPeer">Makes the peer of a node at an address.</param>
internal sealed class TinyFront<TReply>(Func<string, IPeer<TReply>> newPeer)
{
    private readonly TinyBroker _broker = new();
    private readonly Dictionary<string, Link> _links = [];
    private readonly List<Link> _astray = [];
    private TimeSpan _now;

    private Func<string, IPeer<TReply>> NewPeer => newPeer;

    private IEnumerable<Link> AllLinks => _links.Values.Concat(_astray);

    /// <summary>Frames refused so far.</summary>
    public int Refused { get; private set; }

    /// <summary>Lets a node say something, and everything happen that follows.</summary>
    public void Say(string node, byte[] frame)
    {
        if (!_links.TryGetValue(node, out var link) || link.IsClosed)
        {
            _links[node] = link = new Link(this, node);
        }

        link.Peer.OnFrame(frame, link);
        if (link.HasGivenWay)
        {
            _astray.Add(link);
            _links[node] = link = new Link(this, node);
            link.Peer.OnFrame(frame, link);
        }

        Settle();
    }

    /// <summary>What was sent to a node and not heard yet; null when there is nothing.</summary>
    public byte[]? Hear(string node) => _links.TryGetValue(node, out var link) && link.Sent.TryDequeue(out var frame) ? frame : null;

    /// <summary>Every node to which something was sent that was not heard.</summary>
    public IEnumerable<string> Unheard => _links.Where(link => link.Value.Sent.Count > 0).Select(link => link.Key);

    /// <summary>Lets time go by.</summary>
    public void Wait(TimeSpan time)
    {
        var end = _now + time;
        while (true)
        {
            var next = AllLinks.SelectMany(link => link.Timers.Select(timer => (timer.Value, timer.Key, link))).OrderBy(timer => timer.Value).FirstOrDefault();
            if (next.link is null || next.Value > end)
            {
                break;
            }

            _now = next.Value;
            next.link.Timers.Remove(next.Key);
            next.link.Peer.OnTimer(next.Key, next.link);
            Settle();
        }

        _now = end;
    }

    private void Settle()
    {
        for (var isBusy = true; isBusy;)
        {
            isBusy = false;
            foreach (var link in AllLinks.ToList())
            {
                isBusy |= link.PassOne();
            }
        }
    }

    private sealed class Link : IPeerEffects<TReply>
    {
        private readonly TinyFront<TReply> _front;
        private readonly Queue<Action> _answers = [];
        private TinyBroker.Session? _session;
        private string _clientId = "";

        public Link(TinyFront<TReply> front, string name)
        {
            _front = front;
            Peer = front.NewPeer(name);
        }

        public IPeer<TReply> Peer { get; }

        public Queue<byte[]> Sent { get; } = [];

        public bool HasGivenWay { get; private set; }

        public bool IsClosed { get; private set; }

        public Dictionary<PeerTimer, TimeSpan> Timers { get; } = [];

        /// <summary>Passes one answer or delivery on to the peer; false when there is none.</summary>
        public bool PassOne()
        {
            if (_answers.TryDequeue(out var answer))
            {
                answer();
                return true;
            }

            if (Peer.WantsDelivery && _session!.TryTake(out var delivery))
            {
                Peer.OnDelivery(delivery, this);
                return true;
            }

            if (Peer.AwaitsDrain && _session!.IsDrained)
            {
                Peer.OnDrained(this);
                return true;
            }

            return false;
        }

        public Span<byte> Send(int size)
        {
            var frame = new byte[size];
            if (!HasGivenWay)
            {
                Sent.Enqueue(frame);
            }

            return frame;
        }

        public void Connect(ConnectRequest request)
        {
            _session?.End(publishWill: false);
            _session = null;
            _clientId = request.ClientId.Length > 0 ? request.ClientId : _front._broker.NewClientId();
            foreach (var other in _front.AllLinks.Where(link => link._session is not null && link._clientId == _clientId))
            {
                if (!request.Resumes)
                {
                    other._session!.End(publishWill: true);
                }

                other._session = null;
                other._answers.Enqueue(() => other.Peer.OnDetached(DetachReason.TakenOver, other));
            }

            _session = _front._broker.Connect(request with { ClientId = _clientId }, out var sessionPresent);
            var outcome = _session is null
                ? new ConnectOutcome(ConnectRefusal.NoSession, null, false)
                : new ConnectOutcome(ConnectRefusal.None, new NoSession { Note = _session.Note }, sessionPresent);
            _answers.Enqueue(() => Peer.OnConnected(outcome, this));
        }

        public void Publish(Message message, ushort packetId, TReply reply)
        {
            var outcome = _session!.Publish(message, packetId);
            _answers.Enqueue(() => Peer.OnPublished(reply, outcome, this));
        }

        public void Authenticate(ConnectRequest request, string method, ReadOnlyMemory<byte> data) => Assert.Fail("Nodes know no such authentication.");

        public void Reauthenticate(string method, ReadOnlyMemory<byte> data) => Assert.Fail("Nodes know no such authentication.");

        public void ContinueAuthentication(ReadOnlyMemory<byte> data) => Assert.Fail("Nodes know no such authentication.");

        public void PublishWithoutSession(Message message) => _front._broker.Publish(message);

        public void Release(ushort packetId, TReply reply)
        {
            var known = _session?.Release(packetId) ?? false;
            _answers.Enqueue(() => Peer.OnReleased(reply, known, this));
        }

        public void Subscribe(IReadOnlyList<Subscription> subscriptions, TReply reply)
        {
            SubscribeOutcome[] outcomes = [.. subscriptions.Select(_session!.Subscribe)];
            _answers.Enqueue(() => Peer.OnSubscribed(reply, outcomes, this));
        }

        public void Unsubscribe(IReadOnlyList<TopicFilter> filters, TReply reply)
        {
            bool[] existed = [.. filters.Select(_session!.Unsubscribe)];
            _answers.Enqueue(() => Peer.OnUnsubscribed(reply, existed, this));
        }

        public bool TryRead(TopicName topic, out Message? message)
        {
            message = _front._broker.Read(topic);
            return true;
        }

        public void Note(ReadOnlyMemory<byte> note, TReply reply)
        {
            _session!.Note = note;
            _answers.Enqueue(() => Peer.OnKept(reply, isAccepted: true, this));
        }

        public void Sleep(TimeSpan longest, TimeSpan sessionExpiry, TReply reply)
        {
            _session!.Sleep(sessionExpiry);
            _answers.Enqueue(() => Peer.OnKept(reply, isAccepted: true, this));
        }

        public void ChangeWill(WillMessage? will, TReply reply)
        {
            _session!.Will = will;
            _answers.Enqueue(() => Peer.OnKept(reply, isAccepted: true, this));
        }

        public void GiveWay() => HasGivenWay = true;

        public bool Acknowledge(ushort packetId, Acknowledgement acknowledgement)
        {
            _session!.Acknowledge(packetId, acknowledgement);
            return true;
        }

        public void Discard(in Delivery delivery, DropCause cause) => _session!.Discard(delivery);

        public void Arm(PeerTimer timer, TimeSpan due) => Timers[timer] = _front._now + due;

        public void Disarm(PeerTimer timer) => Timers.Remove(timer);

        public void Refuse(ParseError reason, int octets)
        {
            Assert.NotEqual(ParseError.None, reason);
            _front.Refused++;
        }

        public void Part(bool publishWill)
        {
            _session?.End(publishWill);
            _session = null;
        }

        public void Close(bool publishWill, TimeSpan? sessionExpiry)
        {
            _session?.End(publishWill, sessionExpiry);
            _session = null;
            IsClosed = true;
            Peer.OnClosed();
        }
    }
}
