using Edge.LocalBroker.Retained;
using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Retained messages, in memory and in the store.</summary>
public sealed partial class Broker
{
    /// <summary>See <see cref="IBrokerSession.TryRead"/>.</summary>
    internal bool TryRead(Session session, TopicName topic, out Message? message)
    {
        message = null;
        if (!TopicFilter.TryParse(topic.ToString(), out var filter))
        {
            return true; // Longer than a filter may be: nothing can be subscribed to it, and nothing denied.
        }

        var subscription = new Subscription { Filter = filter };
        if (!SubscriptionFilter.TryParse(filter, out var target) || !MaySubscribe(session, subscription, target.Filter) || !TryRewrite(ref subscription, ref target, session))
        {
            return false;
        }

        if (!TopicName.TryParse(target.Filter.ToString(), out var rewritten) || !new Subscriber(session, subscription).MayReceive(rewritten, _access.Rules))
        {
            return false;
        }

        message = _retained.Find(rewritten);
        if (message?.ExpiresAt <= _clock.GetUtcNow())
        {
            LetGo(message!);
            message = null;
        }

        return true;
    }

    /// <summary>Keeps a retained message in place of the one on its topic.</summary>
    /// <returns>
    /// False when a limit does not allow it and the publisher can be told: then nothing becomes of the message. Where nobody can be told (QoS 0, a
    /// Will, a delayed message that is due, a bridge, whose upstream would send it for ever), it goes its way and is not retained.
    /// </returns>
    private bool TryRetain(Session? publisher, Message message, out PublishOutcome refusal)
    {
        var isTold = publisher is { IsInternal: false } && message.Qos != QualityOfService.AtMostOnce;
        List<Message>? expired = null;
        var retention = _retained.Set(WithExpiry(message), orClear: !isTold, ref expired);
        var isRefused = retention != Retention.Kept && isTold;
        if (!isRefused)
        {
            Keep(message.Topic);
        }

        expired?.ForEach(gone => Keep(gone.Topic));
        if (retention != Retention.Kept)
        {
            CountNotRetained(retention, message);
        }

        refusal = retention == Retention.TooLarge ? PublishOutcome.TooLarge : PublishOutcome.QuotaExceeded;
        return !isRefused;
    }

    private Message WithExpiry(Message message) =>
        _options.RetainedExpiry > TimeSpan.Zero && message.ExpiresAt is null && !IsOfGateway(message.Topic)
            ? message with { ExpiresAt = _clock.GetUtcNow() + _options.RetainedExpiry }
            : message;

    private void CountNotRetained(Retention retention, Message message)
    {
        _drops.Count(DropCause.Quota);
        var limit = retention switch
        {
            Retention.TooMany => "mqtt.max_retained_messages",
            Retention.TooManyOctets => "mqtt.max_retained_bytes",
            _ => "mqtt.max_retained_size",
        };
        if (_refusalsSaid.IsFirst(HashCode.Combine(limit)))
        {
            _logger.NotRetained(limit, Shorten(message.Origin), message.Topic);
        }
    }

    /// <summary>Lets go of a retained message that has expired.</summary>
    private void LetGo(Message message)
    {
        _retained.Remove(message);
        Keep(message.Topic);
    }

    /// <summary>Makes the store say of a topic what the memory says, whoever else publishes to it meanwhile.</summary>
    private void Keep(TopicName topic)
    {
        if (IsOfGateway(topic))
        {
            return;
        }

        Message? kept;
        do
        {
            kept = _retained.Find(topic);
            if (kept is null)
            {
                _store.DeleteRetained(topic);
            }
            else
            {
                _store.SaveRetained(kept);
            }
        }
        while (!ReferenceEquals(_retained.Find(topic), kept));
    }
}
