using Edge.LocalBroker.Routing;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>The way out: what connection and store ask of the queue. How the queue itself works is in Session.Queue.cs.</summary>
internal sealed partial class Session : ILogEntryOwner
{
    /// <summary>Messages waiting or in flight, and their octets.</summary>
    public (int Messages, long Bytes) Queued
    {
        get
        {
            lock (_gate)
            {
                return (KeptCount + _sentOnce.Count, QueuedOctets);
            }
        }
    }

    /// <summary>When the oldest QoS 1 or 2 message came that waits or is in flight, to the second; null when there is none.</summary>
    public DateTimeOffset? OldestQueuedAt
    {
        get
        {
            lock (_gate)
            {
                var oldest = _waiting.OldestQueuedAt;
                foreach (var entry in _inFlight.Values.Concat(_again))
                {
                    oldest = entry.QueuedAt < oldest ? entry.QueuedAt : oldest;
                }

                return KeptCount == 0 ? null : oldest;
            }
        }
    }

    /// <summary>Takes a message for the receiver. Never waits.</summary>
    /// <param name="message">The message.</param>
    /// <param name="qos">QoS towards this receiver.</param>
    /// <param name="retain">RETAIN flag towards this receiver.</param>
    /// <param name="identifiers">Identifiers of the matching subscriptions, or null.</param>
    /// <param name="share">The shared subscription by which it comes; the default when it is not shared.</param>
    /// <param name="fanout">Told what is to be kept for the receiver, and whether it falls behind.</param>
    /// <returns>False when the session has ended. A message for which it has no room is taken, and counted.</returns>
    public bool Enqueue(Message message, QualityOfService qos, bool retain, uint[]? identifiers, TopicFilter share, ref Fanout fanout)
    {
        List<LogEntry>? victims = null;
        SessionConnection? toTell;
        bool isTooMuch;
        bool isFirst;
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            if (qos == QualityOfService.AtMostOnce)
            {
                EnqueueOnce(message, retain, identifiers);
            }
            else if (message.Size is var size && MakeRoom(size, ref victims))
            {
                var entry = new LogEntry(Number, _waiting.End)
                {
                    Qos = qos,
                    Retain = retain,
                    SubscriptionIdentifiers = identifiers,
                    Share = share,
                    Size = size,
                    Message = message,
                    QueuedAt = _services.Clock.GetUtcNow(),
                    Order = _arrivals++,
                };
                if (IsDurable)
                {
                    entry.Owner = this;
                    fanout.Keep(entry);
                }

                _waiting.Add(entry);
            }

            if (_connection is not null && FallsBehind && _congestion.Pause() is { IsCompleted: false } relief)
            {
                fanout.Pause(relief);
            }

            toTell = ConnectionToTell();
            TellTotal();
            isFirst = HasMaxAge && _waiting.Count + _sentOnce.Count == 1;
            isTooMuch = _services.Total?.IsExceeded == true && !KeepsUp && !IsInternal;
        }

        GiveUp(victims, DropCause.QueueFull);
        if (isTooMuch)
        {
            _services.Total!.Relieve();
        }

        if (isFirst)
        {
            _services.Watch(this);
        }

        toTell?.Sink.OnDeliveriesWaiting();
        return true;
    }

    /// <summary>See <see cref="IBrokerSession.Take"/>.</summary>
    public int Take(SessionConnection connection, Span<Delivery> deliveries)
    {
        var (taken, published, bytes) = (0, 0, 0L);
        List<LogEntry>? expired = null;
        bool mustRead;
        long from;
        long to;
        DropTooOld();
        lock (_gate)
        {
            if (_connection != connection)
            {
                return 0;
            }

            while (taken < deliveries.Length && TryTakeNext(ref expired, out deliveries[taken]))
            {
                if (deliveries[taken++].Message is { } message)
                {
                    published++;
                    bytes += message.Payload.Length;
                }
            }

            if (_congestion.IsOn && !IsAbove(fraction: 4))
            {
                _congestion.End();
            }

            _sinkIsTold &= taken == deliveries.Length;
            mustRead = BeginReading(out from, out to);
            TellTotal();
        }

        GiveUp(expired, DropCause.Expired);
        if (mustRead)
        {
            _ = ReadBackAsync(from, to);
        }

        if (published > 0)
        {
            _services.Metrics.CountSent(published, bytes);
        }

        return taken;
    }

    /// <summary>See <see cref="IBrokerSession.Acknowledge"/>.</summary>
    public bool Acknowledge(SessionConnection connection, ushort packetId, Acknowledgement acknowledgement)
    {
        LogEntry? finished = null;
        LogEntry? received = null;
        lock (_gate)
        {
            var qos = acknowledgement == Acknowledgement.PubAck ? QualityOfService.AtLeastOnce : QualityOfService.ExactlyOnce;
            if (_connection != connection || !_inFlight.TryGetValue(packetId, out var entry) || entry.Qos != qos)
            {
                return false;
            }

            switch (acknowledgement, entry.State)
            {
                case (Acknowledgement.PubAck, LogEntryState.Sent):
                case (Acknowledgement.PubComp, LogEntryState.Released):
                    Land(entry);
                    finished = entry;
                    break;
                case (Acknowledgement.PubRec, LogEntryState.Sent) when IsDurable:
                    entry.State = LogEntryState.Received;
                    received = entry;
                    break;
                case (Acknowledgement.PubRec, LogEntryState.Sent or LogEntryState.Released):
                    entry.State = LogEntryState.Releasable;
                    _releases.Enqueue(entry);
                    break;
            }

            TellTotal();
        }

        if (received is not null)
        {
            _services.Log.MarkReceived(received);
        }

        if (finished is not null)
        {
            Settle(finished);
        }

        return true;
    }

    /// <summary>See <see cref="IBrokerSession.Discard"/>.</summary>
    public void Discard(SessionConnection connection, in Delivery delivery, DropCause cause)
    {
        if (delivery.PacketId == 0)
        {
            _services.Drops.Count(cause);
            return;
        }

        LogEntry? entry;
        lock (_gate)
        {
            if (_connection != connection || !_inFlight.TryGetValue(delivery.PacketId, out entry))
            {
                return;
            }

            Land(entry);
            TellTotal();
        }

        GiveUp(entry, cause);
    }

    /// <summary>Wakes the connection when something waits for it already.</summary>
    public void Announce()
    {
        SessionConnection? toTell;
        lock (_gate)
        {
            toTell = ConnectionToTell();
        }

        toTell?.Sink.OnDeliveriesWaiting();
    }

    void ILogEntryOwner.OnStored(LogEntry entry)
    {
        SessionConnection? toTell;
        IKeptReceipt? receipt;
        lock (_gate)
        {
            _waiting.OnStored(entry);
            entry.IsStored = true;
            receipt = TakeReceipt(entry);
            toTell = entry.Qos == QualityOfService.ExactlyOnce ? ConnectionToTell() : null;
        }

        receipt?.Kept();
        toTell?.Sink.OnDeliveriesWaiting();
    }

    void ILogEntryOwner.OnReceivedStored(LogEntry entry)
    {
        SessionConnection? toTell;
        lock (_gate)
        {
            if (entry.State != LogEntryState.Received || _ended)
            {
                return;
            }

            entry.State = LogEntryState.Releasable;
            _releases.Enqueue(entry);
            toTell = ConnectionToTell();
        }

        toTell?.Sink.OnDeliveriesWaiting();
    }

    private void GiveUp(List<LogEntry>? entries, DropCause cause)
    {
        if (entries is not null)
        {
            foreach (var entry in entries)
            {
                GiveUp(entry, cause);
            }
        }
    }

    private void GiveUp(LogEntry entry, DropCause cause)
    {
        _services.Drops.Count(cause);
        Settle(entry);
    }

    /// <summary>The entry is done with: the store need not keep it, and whoever waits for it goes on.</summary>
    private void Settle(LogEntry entry)
    {
        if (!IsDurable)
        {
            return;
        }

        if (!entry.TryWithdraw())
        {
            _services.Log.Remove(Number, entry.Position);
        }

        IKeptReceipt? receipt;
        lock (_gate)
        {
            receipt = TakeReceipt(entry);
        }

        receipt?.Kept();
    }
}
