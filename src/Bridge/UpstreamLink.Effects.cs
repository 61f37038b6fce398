using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Mqtt;
using Edge.Protocols.Mqtt.Codec;
using Edge.Protocols.Mqtt.Upstream;

namespace Edge.Bridge;

/// <summary>What the peer asks for, carried out; and the local broker's answers, passed back in the order of the requests.</summary>
internal sealed partial class UpstreamLink : IUpstreamEffects, IDeliverySink
{
    private readonly HashSet<ReasonCode> _reported = [];
    private bool _hasReportedPostponed;
    private bool _hasReportedUnmatched;
    private UpstreamTerms? _terms;

    Span<byte> IUpstreamEffects.Send(int size) => _toSend.Add(size);

    void IUpstreamEffects.Accepted(UpstreamTerms terms)
    {
        _terms = terms;
        _deliveriesWait = true;
        _attaching = AttachAsync(terms);
        SignalsWhenDone(_attaching);
    }

    void IUpstreamEffects.Publish(Message message, uint subscriptionIdentifier, ushort packetId, MqttReply reply)
    {
        _services.Counters.CountReceived();
        if (_services.Receive.Map(message.Topic, subscriptionIdentifier, out var topic) is { } cause)
        {
            _services.Drops.Count(cause);
            _services.Counters.CountDropped(cause);
            ReportUnmatched(message.Topic);
            Await(reply, new ValueTask<PublishOutcome>(PublishOutcome.NoMatchingSubscribers));
        }
        else
        {
            Await(reply, _session!.PublishAsync(topic == message.Topic ? message : message with { Topic = topic }, packetId));
        }
    }

    void IUpstreamEffects.PassOver(TopicName topic, MqttReply reply)
    {
        _services.Counters.CountReceived();
        _services.Drops.Count(DropCause.Oversize);
        _services.Counters.CountDropped(DropCause.Oversize);
        ReportGivenUp(topic, ReasonCode.PacketTooLarge);
        Await(reply, new ValueTask<PublishOutcome>(PublishOutcome.Accepted));
    }

    void IUpstreamEffects.Release(ushort packetId, MqttReply reply)
    {
        var released = _session!.ReleaseAsync(packetId).AsTask();
        SignalsWhenDone(released);
        _answers.Enqueue(new Answer(reply, default, released));
    }

    void IUpstreamEffects.Acknowledge(ushort packetId, Acknowledgement acknowledgement)
    {
        _session!.Acknowledge(packetId, acknowledgement);
        if (acknowledgement != Acknowledgement.PubRec)
        {
            _services.Counters.CountAcknowledged();
        }

        // There is room in the window again, and a PUBREC has a PUBREL after it; nobody wakes us for that.
        _deliveriesWait = true;
    }

    void IUpstreamEffects.Discard(in Delivery delivery, DropCause cause, ReasonCode reason)
    {
        Discard(delivery, cause);
        if (cause != DropCause.Expired)
        {
            ReportGivenUp(delivery.Message!.Topic, reason);
        }
    }

    void IUpstreamEffects.Postponed(in Delivery delivery, ReasonCode reason)
    {
        if (!_hasReportedPostponed)
        {
            _hasReportedPostponed = true;
            _services.Logger.Postponed(_services.Options.Name, delivery.Message!.Topic.ToString(), RefusalText.Of(reason));
        }
    }

    void IUpstreamEffects.SubscriptionRefused(Subscription subscription, ReasonCode reason) =>
        _services.Logger.SubscriptionRefused(
            _services.Options.Name, subscription.Filter.ToString(), RefusalText.Of(reason), _services.Options.ClientId);

    void IUpstreamEffects.Arm(PeerTimer timer, TimeSpan due) => _timers.Arm((int)timer, due);

    void IUpstreamEffects.Disarm(PeerTimer timer) => _timers.Disarm((int)timer);

    void IUpstreamEffects.Close(UpstreamEnd outcome)
    {
        _saysGoodBye = outcome.Cause is UpstreamEndCause.Stopped or UpstreamEndCause.Violation;
        _end ??= new LinkEnd(RefusalText.Of(outcome, _services.Options))
        {
            Refusal = outcome.Cause == UpstreamEndCause.Refused ? outcome.Reason : ReasonCode.Success,
        };
    }

    void IDeliverySink.OnDeliveriesWaiting()
    {
        _deliveriesWait = true;
        _wake();
    }

    void IDeliverySink.OnDetached(DetachReason reason)
    {
        // When the gateway stops, listeners go first and bridges last, each told by its own token: what comes until then is still forwarded.
        _isDetached = reason != DetachReason.ShuttingDown;
        _wake();
    }

    /// <summary>Gives a delivery the topic it has upstream, and sends it.</summary>
    private void Forward(in Delivery delivery)
    {
        if (delivery.Message is not { } message)
        {
            _peer.OnDelivery(delivery, this);
            return;
        }

        // What came from upstream is not for upstream, also when it comes as a retained message ([MQTT-3.8.3-3]).
        var topic = default(TopicName);
        var cause = message.Origin == _services.Session.ClientId ? DropCause.NoSubscriber : _services.Forward.Map(message.Topic, 0, out topic);
        if (cause is not null)
        {
            Discard(delivery, cause.Value);
            return;
        }

        _peer.OnDelivery(topic == message.Topic ? delivery : delivery with { Message = message with { Topic = topic } }, this);
    }

    private void Discard(in Delivery delivery, DropCause cause)
    {
        _session?.Discard(delivery, cause);
        _services.Counters.CountDropped(cause);
        _deliveriesWait = true;
    }

    private async Task<ConnectOutcome> AttachAsync(UpstreamTerms terms)
    {
        var window = Math.Min(_services.Options.MaxInflight, terms.ReceiveMaximum);
        var outcome = await _services.Broker.ConnectAsync(_services.Session with { ReceiveMaximum = window }, this);
        if (outcome.Session is { } session && !terms.SessionPresent && _connect.Subscriptions.Any(wanted => wanted.MaximumQos == QualityOfService.ExactlyOnce))
        {
            // Upstream forgot its exchanges and counts its Packet Identifiers anew ([MQTT-4.1.0-1]). Ours must not take its next messages for repeats.
            var released = Enumerable.Range(1, ushort.MaxValue).Select(packetId => session.ReleaseAsync((ushort)packetId).AsTask());
            await Task.WhenAll(released.Where(release => !release.IsCompletedSuccessfully));
        }

        return outcome;
    }

    /// <summary>Goes on when the broker has given the session.</summary>
    private void Attach()
    {
        if (_attaching is not { IsCompleted: true } done || _end is not null)
        {
            return;
        }

        _attaching = null;
        if (!done.IsCompletedSuccessfully)
        {
            Fail($"the local broker gave no session: {done.Exception?.InnerException?.Message}");
        }
        else if (done.Result.Session is not { } session)
        {
            Fail($"the local broker gave no session: {done.Result.Refusal}");
        }
        else
        {
            _session = session;
            var terms = _terms!;
            var protocol = terms.Version == MqttVersion.Mqtt5 ? "MQTT 5.0" : "MQTT 3.1.1";
            _services.OnConnected(protocol);
            _services.Logger.Connected(
                _services.Options.Name, BridgeText.Of(_services.Options.Address), terms.AssignedClientId ?? _services.Options.ClientId, protocol,
                terms.SessionPresent ? "goes on with its session" : "begins a new session");
            _peer.OnAttached(this);
        }
    }

    private void Await(MqttReply reply, ValueTask<PublishOutcome> outcome)
    {
        if (outcome.IsCompletedSuccessfully)
        {
            _answers.Enqueue(new Answer(reply, outcome.Result, null));
            return;
        }

        var waiting = outcome.AsTask();
        SignalsWhenDone(waiting);
        _answers.Enqueue(new Answer(reply, default, waiting));
    }

    private bool PassAnswers()
    {
        var hasPassed = false;
        while (_end is null && _answers.TryPeek(out var answer) && answer.Waiting is not { IsCompleted: false })
        {
            _answers.Dequeue();
            hasPassed = true;
            switch (answer.Waiting)
            {
                case { IsCompletedSuccessfully: false } failed:
                    Fail($"the local broker could not keep a message from upstream: {failed.Exception?.InnerException?.Message}");
                    break;
                case Task<bool> released:
                    _peer.OnReleased(answer.Reply, released.Result, this);
                    break;
                default:
                    _peer.OnPublished(answer.Reply, answer.Waiting is Task<PublishOutcome> published ? published.Result : answer.Outcome, this);
                    break;
            }
        }

        return hasPassed;
    }

    private void ReportGivenUp(TopicName topic, ReasonCode reason)
    {
        if (_reported.Add(reason))
        {
            _services.Logger.GaveUp(_services.Options.Name, topic.ToString(), RefusalText.Of(reason));
        }
    }

    private void ReportUnmatched(TopicName topic)
    {
        if (!_hasReportedUnmatched)
        {
            _hasReportedUnmatched = true;
            _services.Logger.Unmatched(_services.Options.Name, topic.ToString(), _services.Options.ClientId);
        }
    }
}
