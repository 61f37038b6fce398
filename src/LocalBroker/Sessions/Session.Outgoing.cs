using Edge.LocalBroker.Routing;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>The way out: what waits for the receiver, what is in flight, and which of it is in memory.</summary>
internal sealed partial class Session : ILogEntryOwner
{
    /// <summary>How far ahead of sending messages stay in memory once they are on disk; what lies beyond is read back in one go.</summary>
    private const int ReadAhead = 256;

    private readonly EntryRing _entries = new();
    private readonly Queue<LogEntry> _releases = new();
    private readonly Queue<SentOnce> _sentOnce = new();
    private readonly Congestion _congestion;
    private QueueLimits _limits;
    private int _window;
    private int _inFlight;
    private long _nextToSend;
    private long _bytes;
    private long _sentOnceBytes;
    private long _arrivals;
    private bool _sinkIsTold;
    private bool _isReading;

    /// <summary>Messages waiting or in flight.</summary>
    public int QueuedMessages => _entries.Count + _sentOnce.Count;

    /// <summary>Octets of them.</summary>
    public long QueuedBytes => Interlocked.Read(ref _bytes) + Interlocked.Read(ref _sentOnceBytes);

    /// <summary>Takes a message for the receiver. Never waits.</summary>
    /// <param name="message">The message.</param>
    /// <param name="qos">QoS towards this receiver.</param>
    /// <param name="retain">RETAIN flag towards this receiver.</param>
    /// <param name="identifiers">Identifiers of the matching subscriptions, or null.</param>
    /// <param name="fanout">Told what is to be kept for the receiver, and whether it falls behind.</param>
    public void Enqueue(Message message, QualityOfService qos, bool retain, uint[]? identifiers, ref Fanout fanout)
    {
        LogEntry? victim = null;
        SessionConnection? toTell;
        lock (_gate)
        {
            if (_ended)
            {
                _services.Drops.Count(DropCause.SessionEnded);
                return;
            }

            if (qos == QualityOfService.AtMostOnce)
            {
                EnqueueOnce(message, retain, identifiers);
            }
            else if (MakeRoom(message.Size, out victim))
            {
                var entry = new LogEntry(Number, _entries.End)
                {
                    Qos = qos,
                    Retain = retain,
                    SubscriptionIdentifiers = identifiers,
                    Size = message.Size,
                    Message = message,
                    Owner = IsDurable ? this : null,
                    Order = _arrivals++,
                };
                if (IsDurable)
                {
                    fanout.Keep(entry);
                }

                Hold(entry);
            }

            if (_connection is not null && IsAbove(fraction: 2) && _congestion.Pause() is { IsCompleted: false } relief)
            {
                fanout.Pause(relief);
            }

            toTell = ConnectionToTell();
        }

        if (victim is not null)
        {
            GiveUp(victim, DropCause.QueueFull);
        }

        toTell?.Sink.OnDeliveriesWaiting();
    }

    /// <summary>See <see cref="IBrokerSession.Take"/>.</summary>
    public int Take(SessionConnection connection, Span<Delivery> deliveries)
    {
        var taken = 0;
        long bytes = 0;
        List<LogEntry>? expired = null;
        var readFrom = -1L;
        lock (_gate)
        {
            if (_connection != connection)
            {
                return 0;
            }

            while (taken < deliveries.Length && TryTakeNext(ref expired, out deliveries[taken]))
            {
                bytes += deliveries[taken].Message?.Payload.Length ?? 0;
                taken++;
            }

            if (_congestion.IsOn && !IsAbove(fraction: 4))
            {
                _congestion.End();
            }

            if (taken < deliveries.Length)
            {
                _sinkIsTold = false;
                if (!_isReading && _inFlight < _window && _entries[_nextToSend] is { Message: null })
                {
                    _isReading = true;
                    readFrom = _nextToSend;
                }
            }
        }

        if (readFrom >= 0)
        {
            _ = ReadBackAsync(readFrom);
        }

        if (expired is not null)
        {
            foreach (var entry in expired)
            {
                GiveUp(entry, DropCause.Expired);
            }
        }

        if (taken > 0)
        {
            _services.Metrics.CountSent(taken, bytes);
        }

        return taken;
    }

    /// <summary>See <see cref="IBrokerSession.Acknowledge"/>.</summary>
    public void Acknowledge(SessionConnection connection, ushort packetId, Acknowledgement acknowledgement)
    {
        LogEntry? finished = null;
        LogEntry? received = null;
        lock (_gate)
        {
            if (_connection != connection || !_entries.TryFind(packetId, out var entry))
            {
                return;
            }

            switch (acknowledgement, entry.Qos, entry.State)
            {
                case (Acknowledgement.PubAck, QualityOfService.AtLeastOnce, LogEntryState.Sent):
                case (Acknowledgement.PubComp, QualityOfService.ExactlyOnce, LogEntryState.Releasable or LogEntryState.Released):
                    Forget(entry);
                    finished = entry;
                    break;
                case (Acknowledgement.PubRec, QualityOfService.ExactlyOnce, LogEntryState.Sent) when IsDurable:
                    entry.State = LogEntryState.Received;
                    received = entry;
                    break;
                case (Acknowledgement.PubRec, QualityOfService.ExactlyOnce, LogEntryState.Sent or LogEntryState.Released):
                    entry.State = LogEntryState.Releasable;
                    _releases.Enqueue(entry);
                    break;
            }
        }

        if (received is not null)
        {
            _services.Log.MarkReceived(received);
        }

        if (finished is not null)
        {
            Settle(finished);
        }
    }

    /// <summary>See <see cref="IBrokerSession.Discard"/>.</summary>
    public void Discard(SessionConnection connection, in Delivery delivery, DropCause cause)
    {
        LogEntry? entry = null;
        lock (_gate)
        {
            if (delivery.PacketId != 0 && _connection == connection && _entries.TryFind(delivery.PacketId, out entry))
            {
                Forget(entry);
            }
        }

        if (entry is not null)
        {
            GiveUp(entry, cause);
        }
        else if (delivery.PacketId == 0)
        {
            _services.Drops.Count(cause);
        }
    }

    void ILogEntryOwner.OnStored(LogEntry entry)
    {
        SessionConnection? toTell;
        IKeptReceipt? receipt;
        lock (_gate)
        {
            entry.IsStored = true;
            receipt = entry.Receipt;
            entry.Receipt = null;
            if (entry.Position >= Math.Max(_nextToSend, _entries.Start) + ReadAhead)
            {
                entry.Message = null;
            }

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

    /// <summary>Whether the queue is fuller than one half, one quarter … of its limits.</summary>
    private bool IsAbove(int fraction) =>
        _entries.Count + _sentOnce.Count > _limits.MaxMessages / fraction || _bytes + _sentOnceBytes > _limits.MaxBytes / fraction;

    private void EnqueueOnce(Message message, bool retain, uint[]? identifiers)
    {
        if (_connection is null)
        {
            _services.Drops.Count(DropCause.Offline);
        }
        else if (_sentOnce.Count >= _limits.MaxMessages || _sentOnceBytes + message.Size > _limits.MaxBytes)
        {
            _services.Drops.Count(DropCause.SlowReceiver);
        }
        else
        {
            _sentOnce.Enqueue(new SentOnce(_arrivals++, message, retain, identifiers));
            _sentOnceBytes += message.Size;
        }
    }

    /// <summary>Applies the queue's limits to one more message. False when that one is dropped.</summary>
    private bool MakeRoom(int size, out LogEntry? victim)
    {
        victim = null;
        if (_entries.Count < _limits.MaxMessages && _bytes + size <= _limits.MaxBytes)
        {
            return true;
        }

        if (_limits.Overflow == OverflowPolicy.DropOldest && OldestNotInFlight() is { } oldest)
        {
            Forget(oldest);
            victim = oldest;
            return true;
        }

        _services.Drops.Count(DropCause.QueueFull);
        return false;
    }

    private LogEntry? OldestNotInFlight()
    {
        for (var position = Math.Max(_nextToSend, _entries.Start); position < _entries.End; position++)
        {
            if (_entries[position] is { State: LogEntryState.Queued } entry)
            {
                return entry;
            }
        }

        return null;
    }

    private bool TryTakeNext(ref List<LogEntry>? expired, out Delivery delivery)
    {
        if (_releases.TryDequeue(out var release))
        {
            release.State = LogEntryState.Released;
            delivery = new Delivery(DeliveryKind.Release, release.PacketId, null, QualityOfService.ExactlyOnce, Retain: false, Dup: false, null);
            return true;
        }

        var next = NextSendable(ref expired);
        if (_sentOnce.TryPeek(out var once) && (next is null || once.Order < next.Order))
        {
            _sentOnce.Dequeue();
            _sentOnceBytes -= once.Message.Size;
            delivery = new Delivery(
                DeliveryKind.Publish, 0, once.Message, QualityOfService.AtMostOnce, once.Retain, Dup: false, once.SubscriptionIdentifiers);
            return true;
        }

        if (next is null)
        {
            delivery = default;
            return false;
        }

        delivery = new Delivery(
            DeliveryKind.Publish, next.PacketId, next.Message, next.Qos, next.Retain, next.Dup, next.SubscriptionIdentifiers);
        next.State = LogEntryState.Sent;
        next.Dup = true;
        _inFlight++;
        _nextToSend = next.Position + 1;
        return true;
    }

    /// <summary>The oldest entry to send, if the window, the Packet Identifiers, the store and the memory let it go now.</summary>
    private LogEntry? NextSendable(ref List<LogEntry>? expired)
    {
        for (_nextToSend = Math.Max(_nextToSend, _entries.Start); _nextToSend < _entries.End; _nextToSend++)
        {
            if (_entries[_nextToSend] is not { State: LogEntryState.Queued } entry)
            {
                continue;
            }

            if (entry.Message is null || _inFlight >= _window || _nextToSend - _entries.Start >= ushort.MaxValue)
            {
                return null;
            }

            // QoS 2 goes out only when a restart would still know its Packet Identifier: else the receiver could take it twice.
            if (entry.Qos == QualityOfService.ExactlyOnce && IsDurable && !entry.IsStored)
            {
                return null;
            }

            var mayBeAtReceiver = entry.Dup && entry.Qos == QualityOfService.ExactlyOnce;
            if (!mayBeAtReceiver && entry.Message.ExpiresAt is { } expiry && expiry <= _services.Clock.GetUtcNow())
            {
                Forget(entry);
                (expired ??= []).Add(entry);
                continue;
            }

            return entry;
        }

        return null;
    }

    /// <summary>Prepares for a new connection: all that was in flight is sent again in the old order ([MQTT-4.4.0-1]).</summary>
    private void Rewind()
    {
        _releases.Clear();
        _inFlight = 0;
        _nextToSend = _entries.Start;
        _sinkIsTold = false;
        for (var position = _entries.Start; position < _entries.End; position++)
        {
            switch (_entries[position])
            {
                case { State: LogEntryState.Sent } sent:
                    sent.State = LogEntryState.Queued;
                    break;
                case { State: LogEntryState.Received }:
                    _inFlight++;
                    break;
                case { State: LogEntryState.Releasable or LogEntryState.Released } released:
                    released.State = LogEntryState.Releasable;
                    _releases.Enqueue(released);
                    _inFlight++;
                    break;
            }
        }
    }

    private void Hold(LogEntry entry)
    {
        _entries.Add(entry);
        _bytes += entry.Size;
    }

    private void Forget(LogEntry entry)
    {
        if (entry.State != LogEntryState.Queued)
        {
            _inFlight--;
        }

        _entries.Remove(entry.Position);
        _bytes -= entry.Size;
    }

    private List<LogEntry> TakeAllEntries()
    {
        var all = new List<LogEntry>(_entries.Count);
        for (var position = _entries.Start; position < _entries.End; position++)
        {
            if (_entries[position] is { } entry)
            {
                all.Add(entry);
            }
        }

        foreach (var entry in all)
        {
            Forget(entry);
        }

        return all;
    }

    private void DropSentOnce()
    {
        _congestion.End();
        _services.Drops.Count(DropCause.Offline, _sentOnce.Count);
        _sentOnce.Clear();
        _sentOnceBytes = 0;
    }

    private void GiveUp(LogEntry entry, DropCause cause)
    {
        _services.Drops.Count(cause);
        Settle(entry);
    }

    /// <summary>The entry is done with: whoever waits for it goes on, and the store need not keep it.</summary>
    private void Settle(LogEntry entry)
    {
        if (entry.Owner is not null && !entry.TryWithdraw())
        {
            _services.Log.Remove(Number, entry.Position);
        }

        IKeptReceipt? receipt;
        lock (_gate)
        {
            receipt = entry.Receipt;
            entry.Receipt = null;
        }

        receipt?.Kept();
    }

    /// <summary>Whom to tell that there is something to take, once until it was all taken.</summary>
    private SessionConnection? ConnectionToTell()
    {
        if (_sinkIsTold || _connection is null)
        {
            return null;
        }

        _sinkIsTold = true;
        return _connection;
    }

    private async Task ReadBackAsync(long from)
    {
        var damaged = new List<LogEntry>();
        SessionConnection? toTell = null;
        try
        {
            var messages = await _services.Log.ReadAsync(Number, from, ReadAhead);
            lock (_gate)
            {
                damaged = TakeBack(from, messages);
                toTell = ConnectionToTell();
            }
        }
        catch (StoreException fault)
        {
            _services.Logger.QueueUnreadable(ClientId, fault);
        }
        finally
        {
            lock (_gate)
            {
                _isReading = false;
            }
        }

        foreach (var entry in damaged)
        {
            GiveUp(entry, DropCause.Corrupt);
        }

        toTell?.Sink.OnDeliveriesWaiting();
    }

    /// <summary>Puts messages that were read into their entries. An entry the log passed over is damaged.</summary>
    private List<LogEntry> TakeBack(long from, IReadOnlyList<(long Position, Message Message)> messages)
    {
        var damaged = new List<LogEntry>();
        var end = messages.Count < ReadAhead ? from + ReadAhead : messages[^1].Position + 1;
        var byPosition = messages.ToDictionary(read => read.Position, read => read.Message);
        for (var position = Math.Max(from, _entries.Start); position < Math.Min(end, _entries.End); position++)
        {
            if (_entries[position] is not { Message: null, State: LogEntryState.Queued } entry)
            {
                continue;
            }

            if (byPosition.TryGetValue(position, out var message))
            {
                entry.Message = message;
            }
            else
            {
                Forget(entry);
                damaged.Add(entry);
            }
        }

        return damaged;
    }
}
