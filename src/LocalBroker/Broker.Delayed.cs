using Edge.LocalBroker.Delayed;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>Messages on <c>$delayed/…</c>: kept until their time comes, then published like any other.</summary>
public sealed partial class Broker
{
    /// <summary>Takes <c>$delayed/{when}/</c> off a message's topic.</summary>
    /// <param name="message">The message; has the real topic then.</param>
    /// <param name="due">When it is to be published; null for now.</param>
    /// <returns>False when what is there names no time or no topic; counted.</returns>
    private bool TryTakeOffDelay(ref Message message, out DateTimeOffset? due)
    {
        due = null;
        if (!DelayedTopic.IsDelayed(message.Topic))
        {
            return true;
        }

        var now = _clock.GetUtcNow();
        if (!DelayedTopic.TryParse(message.Topic, now, out var topic, out var when))
        {
            _drops.Count(DropCause.TopicInvalid);
            _logger.DelayInvalid(message.Origin, message.Topic);
            return false;
        }

        message = message with { Topic = topic };
        due = when > now || _delayed.HasDueBy(when) ? when : null;
        return true;
    }

    private ValueTask<PublishOutcome> RouteNowOr(DateTimeOffset? due, Session? publisher, Message message, ushort packetId, SessionRecord? parted = null) =>
        due is { } when ? Delay(when, publisher, message, packetId, parted) : Route(publisher, message, packetId, parted: parted);

    private ValueTask<PublishOutcome> Delay(DateTimeOffset due, Session? publisher, Message message, ushort packetId, SessionRecord? parted)
    {
        if (!_delayed.TryReserve(message, due, out var delayed))
        {
            _drops.Count(DropCause.Quota);
            return new(PublishOutcome.QuotaExceeded);
        }

        // Stored before it can come due, so that the store never hears of its end first.
        var exchange = ExchangeOf(publisher, packetId);
        _store.SaveDelayed(delayed, exchange, parted);
        CloseIfEnded(publisher, exchange);
        _delayed.Add(delayed);
        if (message.Qos == QualityOfService.AtMostOnce)
        {
            return new(PublishOutcome.Accepted);
        }

        var answer = WhenCommittedAsync();
        if (packetId != 0)
        {
            publisher?.AddReceived(packetId, answer);
        }

        return new(answer);
    }

    private async Task<PublishOutcome> WhenCommittedAsync()
    {
        await _store.CommitAsync();
        return PublishOutcome.Accepted;
    }

    private Task PublishDue(DelayedMessage delayed)
    {
        if (delayed.Message.ExpiresAt <= _clock.GetUtcNow())
        {
            _drops.Count(DropCause.Expired);
            _store.DeleteDelayed(delayed.Number);
            return Task.CompletedTask;
        }

        return Route(null, delayed.Message, 0, delayed.Number).AsTask();
    }
}
