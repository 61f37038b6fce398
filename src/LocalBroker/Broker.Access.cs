using Edge.LocalBroker.Access;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Who is let in and who is let go.</summary>
public sealed partial class Broker
{
    private const int LongestShown = 100;

    private readonly AccessControl _access;
    private readonly SaidOnce _refusalsSaid;

    /// <summary>Lets go of clients whose user is there no longer. Their sessions stay until they expire.</summary>
    /// <returns>How many.</returns>
    public int DetachUnknownUsers()
    {
        var count = 0;
        foreach (var (_, session) in _sessions)
        {
            if (session.Connection is { } connection && !_access.Keeps(session.UserName))
            {
                connection.Sink.OnDetached(DetachReason.Administrative);
                count++;
            }
        }

        return count;
    }

    private ConnectOutcome Refused(ConnectRequest request, ConnectRefusal refusal)
    {
        Metrics.CountRefused();
        _logger.ClientRefused(request.ClientId, request.Peer, refusal);
        var address = ClientIdentity.AddressOf(request.Peer);
        if (refusal is ConnectRefusal.BadCredentials or ConnectRefusal.NotAuthorized
            && _refusalsSaid.IsFirst(HashCode.Combine(request.ClientId, address, refusal)))
        {
            _logger.ClientNotLetIn(Shorten(request.ClientId), Shorten(request.UserName ?? "none"), request.Peer, refusal);
        }

        return new ConnectOutcome(refusal, null, SessionPresent: false);

        static string Shorten(string text) => text.Length <= LongestShown ? text : $"{text.AsSpan(0, LongestShown)}…";
    }
}
