using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Subscriptions, and the retained messages that answer them.</summary>
public sealed partial class Broker
{
    internal async ValueTask<SubscribeOutcome[]> SubscribeAsync(Session session, IReadOnlyList<Subscription> subscriptions)
    {
        var outcomes = new SubscribeOutcome[subscriptions.Count];
        var changed = false;
        for (var i = 0; i < outcomes.Length; i++)
        {
            var subscription = subscriptions[i];
            outcomes[i] = Check(subscription.Filter) ?? (SubscribeOutcome)subscription.MaximumQos;
            if (outcomes[i] <= SubscribeOutcome.GrantedQos2)
            {
                Subscribe(session, subscription);
                changed = true;
            }
        }

        if (changed && session.IsDurable)
        {
            await _store.CommitAsync();
        }

        return outcomes;
    }

    internal async ValueTask<bool[]> UnsubscribeAsync(Session session, IReadOnlyList<TopicFilter> filters)
    {
        var existed = new bool[filters.Count];
        for (var i = 0; i < existed.Length; i++)
        {
            existed[i] = session.RemoveSubscription(filters[i]);
            if (existed[i])
            {
                Apply(session, filters[i]);
            }
        }

        if (session.IsDurable && existed.Contains(true))
        {
            await _store.CommitAsync();
        }

        return existed;
    }

    private SubscribeOutcome? Check(TopicFilter filter)
    {
        var text = filter.ToString();
        return text.StartsWith("$share/", StringComparison.Ordinal) ? SubscribeOutcome.SharedNotSupported
            : text.AsSpan().Count('/') >= _options.MaxTopicLevels ? SubscribeOutcome.FilterInvalid
            : null;
    }

    private void Subscribe(Session session, Subscription subscription)
    {
        var isNew = session.SetSubscription(subscription);
        Apply(session, subscription.Filter);
        if (subscription.RetainHandling == RetainHandling.Send || (subscription.RetainHandling == RetainHandling.SendIfNew && isNew))
        {
            SendRetained(session, subscription);
        }
    }

    /// <summary>Makes tree and store say of a filter what the session says, whoever else changes it or ends the session meanwhile.</summary>
    private void Apply(Session session, TopicFilter filter)
    {
        Subscription? applied;
        do
        {
            applied = session.Find(filter);
            if (applied is null)
            {
                _tree.Remove(session, filter);
            }
            else
            {
                _tree.Set(new Subscriber(session, applied));
            }

            if (session.IsDurable)
            {
                Keep(session.Number, filter, applied);
            }
        }
        while (session.Find(filter) != applied);
    }

    private void Keep(long session, TopicFilter filter, Subscription? subscription)
    {
        if (subscription is null)
        {
            _store.DeleteSubscription(session, filter);
        }
        else
        {
            _store.SaveSubscription(session, subscription);
        }
    }

    private void SendRetained(Session session, Subscription subscription)
    {
        var fanout = default(Fanout);
        var identifiers = subscription.Identifier == 0 ? null : new[] { subscription.Identifier };
        var expired = new List<Message>();
        foreach (var message in _retained.Match(subscription.Filter, expired))
        {
            if (!(subscription.NoLocal && message.Origin == session.ClientId))
            {
                Enqueue(session, message, subscription.MaximumQos, retain: true, identifiers, ref fanout);
            }
        }

        if (fanout.Appended is not null)
        {
            _log.Append(fanout.Appended);
        }

        foreach (var message in expired)
        {
            LetGo(message);
        }
    }
}
