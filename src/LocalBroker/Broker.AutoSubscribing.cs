using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Subscriptions that clients get without asking. They are the administrator's word: neither judged by access rules nor rewritten.</summary>
public sealed partial class Broker
{
    private void SubscribeAutomatically(Session session)
    {
        if (session.IsInternal)
        {
            return;
        }

        foreach (var auto in _options.AutoSubscribe)
        {
            if (auto.Topic.TryFill(session.Client, null, out var text)
                && TopicFilter.TryParse(text, out var filter)
                && SubscriptionFilter.TryParse(filter, out var target)
                && Admit(session, target) is null)
            {
                var subscription = new Subscription
                {
                    Filter = filter,
                    MaximumQos = auto.MaximumQos,
                    NoLocal = auto.NoLocal,
                    RetainAsPublished = auto.RetainAsPublished,
                    RetainHandling = auto.RetainHandling,
                };
                Subscribe(session, subscription, target);
            }
            else
            {
                _logger.AutoSubscriptionSkipped(session.ClientId, auto.Topic);
            }
        }
    }
}
