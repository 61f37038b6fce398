using Edge.LocalBroker.Access;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>How a client gets a session: a new one, or the one that it had.</summary>
public sealed partial class Broker
{
    private const int MaxClientIdOctets = 65_535;

    private long _lastNumber;

    /// <inheritdoc/>
    public async ValueTask<ConnectOutcome> ConnectAsync(ConnectRequest request, IDeliverySink sink)
    {
        if (Refuse(request) is not ConnectRefusal.None and var refusal)
        {
            return Refused(request, refusal);
        }

        var isClient = request.Queue is null;
        var client = ClientIdentity.Of(request);
        if (isClient && _access.IsBanned(client))
        {
            return Refused(request, ConnectRefusal.Banned);
        }

        var admission = await _access.AdmitAsync(request);
        if (admission.Refusal != ConnectRefusal.None)
        {
            TellWhyTokenIsRefused(request, admission);
            return Refused(request with { UserName = admission.UserName ?? request.UserName }, admission.Refusal);
        }

        if (request.IsBoundToUser && request.ClientId != admission.UserName)
        {
            return Refused(request with { UserName = admission.UserName }, ConnectRefusal.NotAuthorized);
        }

        // From here on the name is one that was verified, and the password has done its duty.
        request = request with { UserName = admission.UserName, Password = null };
        client = client with { UserName = admission.UserName, Token = admission.Token };
        if (isClient && _access.IsBanned(client))
        {
            return Refused(request, ConnectRefusal.Banned);
        }

        if (isClient && !MayHaveWill(request.Will?.Message, client))
        {
            return Refused(request, ConnectRefusal.NotAuthorized);
        }

        if (isClient && !TryEnter(_connections, request))
        {
            return Refuse(request, "mqtt.max_connections");
        }

        if (request.ClientId.Length == 0)
        {
            request = request with { ClientId = $"edge-{Guid.NewGuid():N}" };
            client = client with { ClientId = request.ClientId };
        }
        else if (isClient && !TryConnect(client, request.Peer))
        {
            _connections.Leave();
            return Refused(request, ConnectRefusal.Banned);
        }

        var expiry = isClient && request.SessionExpiry > _options.MaxSessionExpiry ? _options.MaxSessionExpiry : request.SessionExpiry;
        var connection = new SessionConnection(this, sink, client, request, admission.Proof, _clock.GetUtcNow());
        var (present, mustCommit) = Attach(connection, request, expiry);
        if (request.Resumes && !present)
        {
            _connections.Leave();
            return Refused(request, ConnectRefusal.NoSession);
        }

        SubscribeAutomatically(connection.Session);
        TellConnected(connection, request, expiry);
        _logger.ClientConnected(request.ClientId, request.Peer, request.Protocol, present);
        _deadlines.Watch(connection.Session);

        if (isClient && !_access.Keeps(admission.Proof, connection.Session.Client))
        {
            sink.OnDetached(DetachReason.Administrative); // The user was removed or banned meanwhile.
        }

        if (mustCommit)
        {
            await _store.CommitAsync();
        }

        return new ConnectOutcome(ConnectRefusal.None, connection, present);
    }

    private static ConnectRefusal Refuse(ConnectRequest request)
    {
        var claimsToBeInternal = request.ClientId.StartsWith(ConnectRequest.InternalPrefix, StringComparison.Ordinal);
        return claimsToBeInternal != request.Queue is not null || request.ClientId.Length > MaxClientIdOctets || request.ClientId.Contains('\0')
            ? ConnectRefusal.ClientIdInvalid
            : ConnectRefusal.None;
    }

    private (bool Present, bool MustCommit) Attach(SessionConnection connection, ConnectRequest request, TimeSpan expiry)
    {
        var mustCommit = false;
        while (true)
        {
            if (!_sessions.TryGetValue(request.ClientId, out var session))
            {
                if (request.Resumes)
                {
                    return (false, false);
                }

                var isDurable = expiry > TimeSpan.Zero;
                session = new Session(request.ClientId, isDurable || request.MaySleep ? NewNumber() : 0, isDurable, _services);
                connection.Session = session;
                session.Begin(connection, request, expiry);
                if (_sessions.TryAdd(request.ClientId, session))
                {
                    Joined(session);
                    Save(session);
                    return (false, mustCommit || session.IsDurable);
                }

                _numbersInUse.TryRemove(session.Number, out _);
            }
            else if (!request.CleanStart && TryResume(session, connection, request, expiry))
            {
                return (true, session.IsDurable);
            }
            else if (request.Resumes)
            {
                return (false, false);
            }
            else
            {
                mustCommit |= session.IsDurable;
                End(session);
            }
        }
    }

    private bool TryResume(Session session, SessionConnection connection, ConnectRequest request, TimeSpan expiry)
    {
        connection.Session = session;
        if (!session.TryResume(connection, request, expiry, _clock.GetUtcNow(), out var parting))
        {
            return false;
        }

        if (parting.Connection is null)
        {
            Joined(session);
        }
        else
        {
            Replaced(session);
        }

        Part(session, parting, ClientEvents.TakenOver);
        Save(session);
        session.Announce();
        return true;
    }

    private long NewNumber()
    {
        while (true)
        {
            var number = Interlocked.Increment(ref _lastNumber) & LogEntry.MaxQueue;
            if (number != 0 && _numbersInUse.TryAdd(number, true))
            {
                return number;
            }
        }
    }
}
