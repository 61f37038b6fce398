using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>A message's way through the broker: from a publish to the queues of its receivers.</summary>
public sealed partial class Broker
{
    [ThreadStatic]
    private static List<Subscriber[]>? _matches;

    /// <summary>Publishes for the gateway itself or for nodes without a session: no Will, no exchange, nobody to answer.</summary>
    /// <param name="message">The message; its <see cref="Message.Origin"/> names who it is from.</param>
    /// <param name="isOwn">Whether it is the gateway's own word, which alone may use <c>$SYS/</c>.</param>
    public ValueTask<PublishOutcome> PublishAsync(Message message, bool isOwn) =>
        CheckTopic(message.Topic, isOwn) is not PublishOutcome.Accepted and var refusal ? new(refusal) : Route(null, message, 0);

    internal ValueTask<PublishOutcome> PublishAsync(Session session, Message message, ushort packetId)
    {
        Metrics.CountReceived(message.Payload.Length);
        if (packetId != 0 && session.FindReceived(packetId) is { } earlier)
        {
            return earlier.IsCompleted ? new(PublishOutcome.Repeated) : RepeatedAsync(earlier);
        }

        if (CheckTopic(message.Topic, isOwn: false) is not PublishOutcome.Accepted and var refusal)
        {
            return new(refusal);
        }

        return Route(session, message.Origin == session.ClientId ? message : message with { Origin = session.ClientId }, packetId);
    }

    internal async ValueTask<bool> ReleaseAsync(Session session, ushort packetId)
    {
        var known = session.RemoveReceived(packetId);
        if (known && session.IsDurable)
        {
            _store.RemoveReceived(new ReceivedExchange(session.Number, packetId));
            await _store.CommitAsync();
        }

        return known;
    }

    private static async ValueTask<PublishOutcome> RepeatedAsync(Task<PublishOutcome> earlier)
    {
        await earlier;
        return PublishOutcome.Repeated;
    }

    private PublishOutcome CheckTopic(TopicName topic, bool isOwn)
    {
        if (!isOwn && topic.ToString().StartsWith("$SYS/", StringComparison.Ordinal))
        {
            _drops.Count(DropCause.NotAuthorized);
            return PublishOutcome.NotAuthorized;
        }

        if (topic.ToString().AsSpan().Count('/') >= _options.MaxTopicLevels)
        {
            _drops.Count(DropCause.Quota);
            return PublishOutcome.TopicInvalid;
        }

        return PublishOutcome.Accepted;
    }

    private ValueTask<PublishOutcome> Route(Session? publisher, Message message, ushort packetId)
    {
        if (message.Retain)
        {
            Retain(message);
        }

        var fanout = Deliver(message);
        ReceivedExchange? exchange = packetId != 0 && publisher is { IsDurable: true } ? new(publisher.Number, packetId) : null;
        if (fanout.Appended is not null || exchange is not null)
        {
            _log.Append(fanout.Appended ?? [], exchange);
        }

        if (!fanout.HasReceivers && !message.Retain)
        {
            _drops.Count(DropCause.NoSubscriber);
        }

        var outcome = fanout.HasReceivers ? PublishOutcome.Accepted : PublishOutcome.NoMatchingSubscribers;
        var needsCommit = exchange is not null || (message.Retain && message.Qos != QualityOfService.AtMostOnce && IsKept(message));
        if (fanout.Receipt is null && fanout.Relief is null && !needsCommit)
        {
            if (packetId != 0)
            {
                publisher?.AddReceived(packetId, Task.FromResult(outcome));
            }

            return new(outcome);
        }

        var kept = WhenKeptAsync(fanout, needsCommit, outcome);
        if (packetId != 0)
        {
            publisher?.AddReceived(packetId, kept);
        }

        return new(kept);
    }

    private async Task<PublishOutcome> WhenKeptAsync(Fanout fanout, bool needsCommit, PublishOutcome outcome)
    {
        fanout.Receipt?.Kept();
        if (needsCommit)
        {
            await _store.CommitAsync();
        }

        if (fanout.Receipt is not null)
        {
            await fanout.Receipt.AllKept;
        }

        if (fanout.Relief is not null)
        {
            await fanout.Relief;
        }

        return outcome;
    }

    /// <summary>Puts the message into the queue of every session with a matching subscription.</summary>
    private Fanout Deliver(Message message)
    {
        var matches = _matches ??= [];
        matches.Clear();
        _tree.Match(message.Topic, matches);
        var fanout = default(Fanout);
        if (matches.Count == 1)
        {
            foreach (var (session, subscription) in matches[0])
            {
                if (!(subscription.NoLocal && session.ClientId == message.Origin))
                {
                    var identifiers = subscription.Identifier == 0 ? null : new[] { subscription.Identifier };
                    Enqueue(session, message, subscription.MaximumQos, subscription.RetainAsPublished, identifiers, ref fanout);
                }
            }
        }
        else if (matches.Count > 1)
        {
            // One copy for overlapping subscriptions, at the highest QoS, with every identifier ([MQTT-3.3.4-2], [MQTT-3.3.4-4]).
            foreach (var overlap in matches.SelectMany(subscribers => subscribers)
                .Where(subscriber => !(subscriber.Subscription.NoLocal && subscriber.Session.ClientId == message.Origin))
                .GroupBy(subscriber => subscriber.Session))
            {
                var identifiers = overlap.Select(subscriber => subscriber.Subscription.Identifier).Where(identifier => identifier != 0).ToArray();
                Enqueue(
                    overlap.Key,
                    message,
                    overlap.Max(subscriber => subscriber.Subscription.MaximumQos),
                    overlap.Any(subscriber => subscriber.Subscription.RetainAsPublished),
                    identifiers.Length == 0 ? null : identifiers,
                    ref fanout);
            }
        }

        matches.Clear();
        return fanout;
    }

    private static void Enqueue(
        Session session, Message message, QualityOfService maximumQos, bool retainAsPublished, uint[]? identifiers, ref Fanout fanout)
    {
        fanout.HasReceivers = true;
        var qos = maximumQos < message.Qos ? maximumQos : message.Qos;
        session.Enqueue(message, qos, retainAsPublished && message.Retain, identifiers, ref fanout);
    }

    private void Retain(Message message)
    {
        _retained.Set(message);
        if (!IsKept(message))
        {
            return;
        }

        if (message.Payload.IsEmpty)
        {
            _store.DeleteRetained(message.Topic);
        }
        else
        {
            _store.SaveRetained(message);
        }
    }

    /// <summary>Whether a retained message outlives the process; what the gateway says of itself is said anew instead.</summary>
    private static bool IsKept(Message message) => !message.Topic.ToString().StartsWith("$SYS/", StringComparison.Ordinal);
}
