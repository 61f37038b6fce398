using Edge.Messaging;

namespace Edge.Gateway.Fronts;

/// <summary>The session that the peer has for the time being, and its place among the clients of the listener.</summary>
internal abstract partial class PeerDriver<TReply>
{
    /// <summary>How the broker reaches the session's holder: each session has one of its own, so that what is said of one that is gone ends no other.</summary>
    private Sink? _sink;
    private bool _hasPlace;

    /// <summary>The session, once the broker gave one.</summary>
    protected IBrokerSession? Session { get; private set; }

    /// <summary>Whether the broker has yet to say whether there is a session.</summary>
    protected bool IsConnecting { get; private set; }

    /// <inheritdoc/>
    public void Connect(ConnectRequest request)
    {
        // A node that connects again over the same path (its CONNACK was lost) did not go without a word: its Will is not published.
        LetGoOfSession(publishWill: false);
        IsConnecting = true;
        request = Identify(request) with { Authentication = _authentication };
        _authentication = null;
        var limit = LimitReachedBy(request);
        Await(AnswerKind.Connected, default!, limit is null ? services.Broker.ConnectAsync(request, _sink = new Sink(this)) : new(services.Broker.Refuse(request, limit)));
    }

    /// <inheritdoc/>
    public void Part(bool publishWill)
    {
        LetGoOfSession(publishWill);
        Leave();
    }

    /// <inheritdoc/>
    public void Close(bool publishWill, TimeSpan? sessionExpiry = null)
    {
        if (!IsClosed)
        {
            IsClosed = true;
            Session?.Disconnect(publishWill, sessionExpiry);
            _timers.LetGo(services.Wheel, Alarm);
            Leave();
            peer.OnClosed();
        }
    }

    private void LetGoOfSession(bool publishWill)
    {
        Session?.Disconnect(publishWill);
        Session = null;
        _sink = null;
    }

    /// <summary>Tells the peer once that its session was taken from it.</summary>
    private void TellOfDetachment()
    {
        if (_sink is { Detached: { } reason } && !IsConnecting && !IsClosed)
        {
            _sink = null;
            peer.OnDetached(reason, this);
        }
    }

    /// <summary>The limit of the listener that does not let a client in; null when there is none, and the client has its place.</summary>
    private string? LimitReachedBy(ConnectRequest request)
    {
        if (!TryConnect(limits))
        {
            return limits.ConnectionRateKey;
        }

        if (_hasPlace)
        {
            return null;
        }

        var limit = !TryEnterUnproven() ? "clients that have not shown that they receive" : TryEnter(request) ? null : limits.ClientsOfAddressKey;
        if (limit is not null)
        {
            return limit;
        }

        _hasPlace = services.Broker.TryEnter(limits.Clients, request);
        if (_hasPlace)
        {
            return null;
        }

        LeaveAddress();
        return limits.ClientsKey;
    }

    /// <summary>Gives the place among the listener's clients back.</summary>
    private void Leave()
    {
        if (_hasPlace)
        {
            _hasPlace = false;
            limits.Clients.Leave();
            LeaveAddress();
        }
    }

    private sealed class Sink(PeerDriver<TReply> driver) : IDeliverySink
    {
        private const int None = -1;
        private volatile int _detached = None;

        public DetachReason? Detached => _detached == None ? null : (DetachReason)_detached;

        public void OnDeliveriesWaiting() => driver.Wake();

        public void OnDetached(DetachReason reason)
        {
            _detached = (int)reason;
            driver.Wake();
        }
    }
}
