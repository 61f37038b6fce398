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
                _tree.Remove(session, filters[i]);
                if (session.IsDurable)
                {
                    _store.DeleteSubscription(session.Number, filters[i]);
                }
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
        if (session.SetSubscription(subscription) is not { } isNew)
        {
            return;
        }

        _tree.Set(new Subscriber(session, subscription));
        if (session.HasEnded)
        {
            // It ended while it subscribed; whoever ended it may have looked at the tree before.
            _tree.Remove(session, subscription.Filter);
            return;
        }

        if (session.IsDurable)
        {
            _store.SaveSubscription(session.Number, subscription);
        }

        if (subscription.RetainHandling == RetainHandling.Send || (subscription.RetainHandling == RetainHandling.SendIfNew && isNew))
        {
            SendRetained(session, subscription);
        }
    }

    private void SendRetained(Session session, Subscription subscription)
    {
        var fanout = default(Fanout);
        var identifiers = subscription.Identifier == 0 ? null : new[] { subscription.Identifier };
        foreach (var message in _retained.Match(subscription.Filter))
        {
            Enqueue(session, message, subscription.MaximumQos, retainAsPublished: true, identifiers, ref fanout);
        }

        if (fanout.Appended is not null)
        {
            _log.Append(fanout.Appended);
        }
    }
}
