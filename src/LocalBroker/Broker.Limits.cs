using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>How many may be connected.</summary>
public sealed partial class Broker
{
    private readonly ConnectionLimit _connections;
    private volatile bool _isShortOfMemory;

    /// <summary>While it is set, what clients publish at QoS 0 is dropped and counted. The gateway sets it.</summary>
    public bool IsShortOfMemory
    {
        get => _isShortOfMemory;
        set => _isShortOfMemory = value;
    }

    /// <summary>
    /// Takes a place for a client that wants to connect. There is always one for who is connected already: it comes again because its old
    /// connection is gone, and that one leaves with it.
    /// </summary>
    public bool TryEnter(ConnectionLimit limit, ConnectRequest request)
    {
        if (limit.TryEnter())
        {
            return true;
        }

        var isConnected = IsConnected(request);
        if (isConnected)
        {
            limit.Enter();
        }

        return isConnected;
    }

    /// <summary>Whether the client that wants to connect is connected already, wherever it is.</summary>
    public bool IsConnected(ConnectRequest request) =>
        _sessions.TryGetValue(request.ClientId, out var session) && session is { IsConnected: true, IsInternal: false };

    /// <summary>Turns a client away whom a limit does not let in.</summary>
    /// <param name="request">What it asked for.</param>
    /// <param name="limit">The limit, as its key in the configuration.</param>
    public ConnectOutcome Refuse(ConnectRequest request, string limit)
    {
        if (_refusalsSaid.IsFirst(HashCode.Combine(limit)))
        {
            _logger.ConnectionLimitReached(limit, Shorten(request.ClientId), request.Peer);
        }

        return Refused(request, ConnectRefusal.QuotaExceeded);
    }

    /// <summary>Whether a message is one too many now; counted.</summary>
    private bool IsShed(Message message, Session? publisher)
    {
        var isShed = _isShortOfMemory && message.Qos == QualityOfService.AtMostOnce && publisher is not { IsInternal: true };
        if (isShed)
        {
            _drops.Count(DropCause.Memory);
        }

        return isShed;
    }

    private void Joined(Session session)
    {
        if (!session.IsInternal)
        {
            Metrics.CountConnected();
        }
    }

    private void Left(Session session)
    {
        if (!session.IsInternal)
        {
            Metrics.CountDisconnected();
            _connections.Leave();
        }
    }

    /// <summary>One connection went, and another has come in its stead.</summary>
    private void Replaced(Session session)
    {
        if (!session.IsInternal)
        {
            _connections.Leave();
        }
    }
}
