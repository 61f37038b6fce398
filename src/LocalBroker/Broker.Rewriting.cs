using Edge.LocalBroker.Access;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Topic rewrite: what clients publish and subscribe to becomes what the rules make of it. The gateway's own sessions mean what they say.</summary>
public sealed partial class Broker
{
    /// <summary>Rewrites a message's topic. False when what the rules make of it is no topic; counted.</summary>
    private bool TryRewrite(ref Message message, Session? publisher)
    {
        if (_rewrite is null || publisher is { IsInternal: true })
        {
            return true;
        }

        var isTopic = _rewrite.TryRewrite(message.Topic, publisher?.Client ?? new ClientIdentity(message.Origin, null, null), out var topic);
        if (!isTopic)
        {
            _drops.Count(DropCause.TopicInvalid);
            _logger.RewriteInvalid(message.Origin, message.Topic);
        }
        else if (topic != message.Topic)
        {
            message = message with { Topic = topic };
        }

        return isTopic;
    }

    /// <summary>Rewrites a subscription's filter. False when what the rules make of it is no filter.</summary>
    private bool TryRewrite(ref Subscription subscription, ref SubscriptionFilter target, Session session)
    {
        var filter = subscription.Filter;
        if (!TryRewrite(ref filter, session))
        {
            return false;
        }

        if (filter == subscription.Filter)
        {
            return true;
        }

        subscription = subscription with { Filter = filter };
        return SubscriptionFilter.TryParse(filter, out target);
    }

    /// <summary>Rewrites a filter. False when what the rules make of it is no filter.</summary>
    private bool TryRewrite(ref TopicFilter filter, Session session) =>
        _rewrite is null || session.IsInternal || _rewrite.TryRewrite(filter, session.Client, out filter);
}
