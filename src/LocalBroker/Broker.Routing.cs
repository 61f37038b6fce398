using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>A message's way through the broker: from a publish to the queues of its receivers.</summary>
public sealed partial class Broker
{
    /// <summary>Publishes for the gateway itself or for nodes without a session: no Will, no exchange, nobody to answer.</summary>
    /// <param name="message">The message; its <see cref="Message.Origin"/> names who it is from.</param>
    /// <param name="isOwn">Whether it is the gateway's own word, which alone may use <c>$SYS/</c>.</param>
    /// <param name="peer">Where it comes from when it is not.</param>
    /// <param name="user">The user that the node there has shown to be; null for an anonymous one.</param>
    public ValueTask<PublishOutcome> PublishAsync(Message message, bool isOwn, string peer = "", string? user = null)
    {
        if (!isOwn)
        {
            Metrics.CountReceived(message.Payload.Length);
        }

        return !isOwn && IsShed(message, null) ? new(PublishOutcome.QuotaExceeded)
            : !TryTakeOffDelay(ref message, out var due) ? new(PublishOutcome.TopicInvalid)
            : !(isOwn || MayPublish(peer, user, message)) ? new(PublishOutcome.NotAuthorized)
            : !(isOwn || TryRewrite(ref message, null)) ? new(PublishOutcome.TopicInvalid)
            : CheckTopic(message.Topic, isOwn) is not PublishOutcome.Accepted and var refusal ? new(refusal)
            : RouteNowOr(due, null, message, 0);
    }

    internal ValueTask<PublishOutcome> PublishAsync(Session session, Message message, ushort packetId)
    {
        Metrics.CountReceived(message.Payload.Length);
        if (packetId != 0 && session.FindReceived(packetId) is { } earlier)
        {
            return earlier.IsCompleted ? new(PublishOutcome.Repeated) : RepeatedAsync(earlier);
        }

        if (IsShed(message, session))
        {
            return new(PublishOutcome.QuotaExceeded);
        }

        message = message.Origin == session.ClientId ? message : message with { Origin = session.ClientId };
        if (!TryTakeOffDelay(ref message, out var due))
        {
            return new(PublishOutcome.TopicInvalid);
        }

        if (!MayPublish(session, message))
        {
            return new(PublishOutcome.NotAuthorized);
        }

        if (!TryRewrite(ref message, session))
        {
            return new(PublishOutcome.TopicInvalid);
        }

        if (CheckTopic(message.Topic, isOwn: false) is not PublishOutcome.Accepted and var refusal)
        {
            return new(refusal);
        }

        return RouteNowOr(due, session, message, packetId);
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
        if (!isOwn && IsOfGateway(topic))
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

    /// <param name="publisher">Whose exchange it is; null for nobody's.</param>
    /// <param name="message">The message.</param>
    /// <param name="packetId">Packet Identifier of the exchange; 0 for none.</param>
    /// <param name="delayed">Number under which it was kept until now; null when it was not.</param>
    /// <param name="parted">Terms of the session whose Will it was; null when it was none, or the session is not kept.</param>
    private ValueTask<PublishOutcome> Route(Session? publisher, Message message, ushort packetId, long? delayed = null, SessionRecord? parted = null)
    {
        if (message.Retain && !TryRetain(publisher, message, out var refusal))
        {
            return new(refusal);
        }

        var fanout = Deliver(publisher, message);
        var exchange = ExchangeOf(publisher, packetId);
        if (fanout.Appended is not null || exchange is not null || delayed is not null || parted is not null)
        {
            _log.Append(fanout.Appended ?? [], exchange, delayed, parted);
        }

        CloseIfEnded(publisher, exchange);
        if (!fanout.HasReceivers && !message.Retain)
        {
            _drops.Count(DropCause.NoSubscriber);
        }

        var outcome = fanout.HasReceivers ? PublishOutcome.Accepted : PublishOutcome.NoMatchingSubscribers;
        var needsCommit = exchange is not null || (message.Retain && message.Qos != QualityOfService.AtMostOnce && !IsOfGateway(message.Topic));
        if (fanout.Receipt is null && fanout.Relief is null && !needsCommit)
        {
            if (packetId != 0)
            {
                publisher?.AddReceived(packetId, Task.FromResult(outcome));
            }

            return new(outcome);
        }

        var answer = WhenKeptAsync(fanout, needsCommit, outcome);
        if (packetId != 0)
        {
            publisher?.AddReceived(packetId, answer);
        }

        return new(answer);
    }

    /// <summary>The exchange that the store keeps along with the message; null when there is none, or the publisher's session is not kept.</summary>
    private static ReceivedExchange? ExchangeOf(Session? publisher, ushort packetId) =>
        packetId != 0 && publisher is { IsDurable: true } ? new(publisher.Number, packetId) : null;

    private void CloseIfEnded(Session? publisher, ReceivedExchange? exchange)
    {
        if (exchange is { } kept && publisher!.HasEnded)
        {
            _store.RemoveReceived(kept);
        }
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

    /// <summary>Puts the message into the queue of every session with a matching subscription, and of one member of each matching group.</summary>
    private Fanout Deliver(Session? publisher, Message message)
    {
        var fanout = default(Fanout);
        var receivers = Receivers.Rent();
        _tree.Match(message.Topic, receivers.Found);
        fanout.HasReceivers = CountDenied(receivers.Merge(message, _access.Rules));
        foreach (ref readonly var receiver in receivers.All)
        {
            if (!Enqueue(receiver, message, receiver.RetainAsPublished && message.Retain, default, ref fanout))
            {
                _drops.Count(DropCause.SessionEnded);
            }

            fanout.HasReceivers = true;
        }

        foreach (var group in receivers.Found.Groups)
        {
            fanout.HasReceivers |= DeliverToOne(group, publisher, message, ref fanout) || CountDenied(IsDenied(group, message) ? 1 : 0);
        }

        receivers.Return();
        return fanout;
    }

    /// <summary>Gives the message to one member of a group, to one that is not connected only when no other is there.</summary>
    /// <returns>False when every member is gone, or may not get it.</returns>
    private bool DeliverToOne(ShareGroup group, Session? publisher, Message message, ref Fanout fanout)
    {
        var strategy = _options.ShareStrategies.GetValueOrDefault(group.Name, _options.ShareStrategy);
        return DeliverToOne(group.Connected, ref fanout) || DeliverToOne(group.Members, ref fanout);

        bool DeliverToOne(Subscriber[] members, ref Fanout fanout)
        {
            var first = members.Length > 0 ? group.Choose(members, strategy, publisher, message) : 0;
            for (var i = 0; i < members.Length; i++)
            {
                var member = members[(first + i) % members.Length];
                if (member.MayReceive(message.Topic, _access.Rules)
                    && Enqueue(new Receiver(member), message, member.Subscription.RetainAsPublished && message.Retain, member.Subscription.Filter, ref fanout))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static bool Enqueue(in Receiver receiver, Message message, bool retain, TopicFilter share, ref Fanout fanout)
    {
        var qos = receiver.MaximumQos < message.Qos ? receiver.MaximumQos : message.Qos;
        return receiver.Session.Enqueue(message, qos, retain, receiver.Identifiers, share, ref fanout);
    }

    /// <summary>Whether a topic is the gateway's own. Nobody else publishes to it, and it is said anew after a restart.</summary>
    public static bool IsOfGateway(TopicName topic) =>
        topic.ToString() is ['$', 'S', 'Y', 'S'] or ['$', 'S', 'Y', 'S', '/', ..];
}
