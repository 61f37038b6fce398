using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Edge.LocalBroker.Delayed;
using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Who is let in, who is let go, and what they may do.</summary>
public sealed partial class Broker
{
    private const int LongestShown = 100;

    private readonly AccessControl _access;
    private readonly SaidOnce _refusalsSaid;

    /// <summary>Lets go of clients whose user is there no longer, or that are banned. Their sessions stay until they expire.</summary>
    /// <returns>How many.</returns>
    public int DetachUnwelcome()
    {
        var count = 0;
        foreach (var (_, session) in _sessions)
        {
            if (session is { IsInternal: false, Connection: { } connection } && !_access.Keeps(connection.Proof, session.Client))
            {
                connection.Sink.OnDetached(DetachReason.Administrative);
                count++;
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public IAuthenticationExchange? BeginAuthentication(ConnectRequest request, string method)
    {
        var exchange = _access.BeginAuthentication(request, method, (user, why) => Refused(request with { UserName = user }, why));
        if (exchange is null)
        {
            Refused(request, ConnectRefusal.NotAuthorized);
        }

        return exchange;
    }

    /// <summary>Begins to have the client of a session prove once more that it is the session's user.</summary>
    internal IAuthenticationExchange? BeginReauthentication(Session session, string method) => session.Client is not { UserName: { } user } client
        ? null
        : _access.BeginAuthentication(method, client.Address, user, (given, _) => _logger.ReauthenticationFailed(session.ClientId, user, Shorten(given ?? "none")));

    private ConnectOutcome Refused(ConnectRequest request, ConnectRefusal refusal)
    {
        Metrics.CountRefused(refusal);
        _logger.ClientRefused(request.ClientId, request.Peer, refusal);
        var address = ClientIdentity.AddressOf(request.Peer);
        if (refusal is ConnectRefusal.BadCredentials or ConnectRefusal.NotAuthorized or ConnectRefusal.Banned
            && _refusalsSaid.IsFirst(HashCode.Combine(request.ClientId, request.UserName, address, refusal)))
        {
            _logger.ClientNotLetIn(Shorten(request.ClientId), Shorten(request.UserName ?? "none"), request.Peer, refusal);
        }

        return new ConnectOutcome(refusal, null, SessionPresent: false);
    }

    /// <summary>Says of a token that one of the keys signed why it is not taken.</summary>
    private void TellWhyTokenIsRefused(ConnectRequest request, Admission refused)
    {
        if (refused.Why is { } why && _refusalsSaid.IsFirst(HashCode.Combine(request.ClientId, refused.UserName, why)))
        {
            _logger.TokenRefused(Shorten(request.ClientId), Shorten(refused.UserName ?? "none"), request.Peer, why);
        }
    }

    /// <summary>What a client says of itself, for the log; a token is nobody's business.</summary>
    private static string Shorten(string text) =>
        JsonWebToken.LooksLikeOne(text) ? "(a token)" : text.Length <= LongestShown ? text : $"{text.AsSpan(0, LongestShown)}…";

    /// <summary>Counts a client's connection; false when it comes again and again, and is kept out from now on.</summary>
    private bool TryConnect(ClientIdentity client, string peer)
    {
        var isWell = _access.TryConnect(client);
        if (!isWell)
        {
            _logger.ClientFlaps(Shorten(client.ClientId), peer);
        }

        return isWell;
    }

    /// <summary>Whether a client may publish; a message that it may not is counted.</summary>
    private bool MayPublish(Session session, Message message) => MayPublish(session.RightsBy(_access.Rules), message);

    /// <summary>Whether a node without a session may publish, that is a client without a ClientId; anonymous, unless it has a user.</summary>
    private bool MayPublish(string peer, string? user, Message message)
    {
        var client = new ClientIdentity("", user, ClientIdentity.AddressOf(peer));
        if ((user is null && !_access.AllowsAnonymous(client.Address)) || _access.FindBan(client) is not null)
        {
            _drops.Count(DropCause.NotAuthorized);
            return false;
        }

        return MayPublish(_access.Rules is { IsOpen: false } rules ? rules.For(client) : null, message);
    }

    private bool MayPublish(ClientRights? rights, Message message)
    {
        if (rights is null || rights.Publish(message.Topic, message.Qos, message.Retain).IsAllowed)
        {
            return true;
        }

        _drops.Count(DropCause.NotAuthorized);
        return false;
    }

    /// <summary>Whether a client may publish its Will. It learns now that it may not, and not when it is gone; when it is, the rules of that time decide.</summary>
    private bool MayHaveWill(Message? will, ClientIdentity client)
    {
        if (will is null || _access.Rules is not { } rules || rules.LeavesOpen(client))
        {
            return true;
        }

        // One that names no time is dropped and counted when it is published, as any message is.
        var topic = DelayedTopic.IsDelayed(will.Topic) && DelayedTopic.TryParse(will.Topic, _clock.GetUtcNow(), out var real, out _) ? real : will.Topic;
        return rules.For(client).Publish(topic, will.Qos, will.Retain).IsAllowed;
    }

    /// <summary>Whether a client may get anything of what a subscription asks for.</summary>
    private bool MaySubscribe(Session session, Subscription subscription, TopicFilter filter) =>
        session.RightsBy(_access.Rules) is not { } rights || !rights.Subscribe(filter, subscription.MaximumQos).IsDenied;

    /// <summary>Whether a group has a member that may not get a message.</summary>
    private bool IsDenied(ShareGroup group, Message message)
    {
        foreach (var member in group.Members)
        {
            if (!member.MayReceive(message.Topic, _access.Rules))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Counts receivers that may not get a message.</summary>
    /// <returns>Whether there are any.</returns>
    private bool CountDenied(int receivers)
    {
        if (receivers > 0)
        {
            _drops.Count(DropCause.NotAuthorized, receivers);
        }

        return receivers > 0;
    }
}
