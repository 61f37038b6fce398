using System.Runtime.InteropServices;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker.Routing;

/// <summary>Who gets one message. One copy for overlapping subscriptions. Made once for each thread and used again.</summary>
internal sealed class Receivers
{
    // More than this is rare enough to be made anew, and too large to be cleared for each message.
    private const int MostKept = 1_024;

    [ThreadStatic]
    private static Receivers? _idle;

    private readonly List<Receiver> _all = [];
    private readonly Dictionary<Session, int> _indexes = [];
    private readonly List<Session> _denied = [];

    /// <summary>What matches the topic, for <see cref="Merge"/>.</summary>
    public Matches Found { get; } = new();

    /// <summary>What <see cref="Merge"/> found.</summary>
    public ReadOnlySpan<Receiver> All => CollectionsMarshal.AsSpan(_all);

    /// <summary>Gives an empty one. Whoever routes while routing gets another.</summary>
    public static Receivers Rent()
    {
        var rented = _idle ?? new Receivers();
        _idle = null;
        return rented;
    }

    /// <summary>Gives it back.</summary>
    public void Return()
    {
        if (_all.Capacity <= MostKept)
        {
            Found.Clear();
            _all.Clear();
            _indexes.Clear();
            _denied.Clear();
            _idle = this;
        }
    }

    /// <summary>Joins the subscriptions of each session, but for those that shall not get their own messages and those that may not get this one.</summary>
    /// <returns>Sessions that do not get it because they may not.</returns>
    public int Merge(Message message, AccessRules rules)
    {
        // Within one list a session stands once.
        var mayOverlap = Found.Lists.Count > 1;
        foreach (var subscribers in Found.Lists)
        {
            foreach (var subscriber in subscribers)
            {
                if (subscriber.Subscription.NoLocal && subscriber.Session.ClientId == message.Origin)
                {
                    continue;
                }

                if (!subscriber.MayReceive(message.Topic, rules))
                {
                    _denied.Add(subscriber.Session);
                    continue;
                }

                var receiver = new Receiver(subscriber);
                if (mayOverlap && !_indexes.TryAdd(subscriber.Session, _all.Count))
                {
                    ref var joined = ref CollectionsMarshal.AsSpan(_all)[_indexes[subscriber.Session]];
                    joined = joined.With(receiver);
                }
                else
                {
                    _all.Add(receiver);
                }
            }
        }

        return _denied.Count == 0 ? 0 : mayOverlap ? _denied.Distinct().Count(session => !_indexes.ContainsKey(session)) : _denied.Count;
    }
}
