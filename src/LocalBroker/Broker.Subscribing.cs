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
            outcomes[i] = Check(session, ref subscription, out var target) ?? (SubscribeOutcome)subscription.MaximumQos;
            if (outcomes[i] <= SubscribeOutcome.GrantedQos2)
            {
                Subscribe(session, subscription, target);
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
            var filter = filters[i];
            existed[i] = TryRewrite(ref filter, session) && session.RemoveSubscription(filter);
            if (existed[i])
            {
                Apply(session, filter);
            }
        }

        if (session.IsDurable && existed.Contains(true))
        {
            await _store.CommitAsync();
        }

        return existed;
    }

    private SubscribeOutcome? Check(Session session, ref Subscription subscription, out SubscriptionFilter target) =>
        !SubscriptionFilter.TryParse(subscription.Filter, out target) ? SubscribeOutcome.FilterInvalid
            : !MaySubscribe(session, subscription, target.Filter) ? _access.SubscribeRefusal
            : !TryRewrite(ref subscription, ref target, session) ? SubscribeOutcome.FilterInvalid
            : session.HasRoomFor(subscription.Filter, _options.MaxSubscriptions) ? Admit(session, target)
            : SubscribeOutcome.QuotaExceeded;

    private SubscribeOutcome? Admit(Session session, in SubscriptionFilter target) =>
        target.Filter.ToString().AsSpan().Count('/') >= _options.MaxTopicLevels ? SubscribeOutcome.FilterInvalid
            : target.IsExclusive && !_exclusive.TryTake(target.Filter, session) ? SubscribeOutcome.QuotaExceeded
            : null;

    private void Subscribe(Session session, Subscription subscription, in SubscriptionFilter target)
    {
        var isNew = session.SetSubscription(subscription);
        Apply(session, subscription.Filter);

        // A group gets no retained messages: each of its members would get them all (MQTT 5.0 §4.8.2).
        if (target.Group is null
            && (subscription.RetainHandling == RetainHandling.Send || (subscription.RetainHandling == RetainHandling.SendIfNew && isNew)))
        {
            SendRetained(session, subscription, target.Filter);
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
                Unhook(session, filter);
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

    /// <summary>Makes a subscription of a restored session work again.</summary>
    private void Hook(Session session, Subscription subscription)
    {
        var subscriber = new Subscriber(session, subscription);
        _tree.Set(subscriber);
        if (subscriber.Target.IsExclusive)
        {
            _exclusive.TryTake(subscriber.Target.Filter, session);
        }
    }

    private void Unhook(Session session, TopicFilter filter)
    {
        _tree.Remove(session, filter);
        if (SubscriptionFilter.TryParse(filter, out var target) && target.IsExclusive)
        {
            _exclusive.Release(target.Filter, session);
        }
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

    private void SendRetained(Session session, Subscription subscription, TopicFilter filter)
    {
        var fanout = default(Fanout);
        var subscriber = new Subscriber(session, subscription);
        var receiver = new Receiver(subscriber);
        var expired = new List<Message>();
        foreach (var message in _retained.Match(filter, expired))
        {
            if (!(subscription.NoLocal && message.Origin == session.ClientId) && subscriber.MayReceive(message.Topic, _access.Rules))
            {
                Enqueue(receiver, message, retain: true, default, ref fanout);
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
