using System.Diagnostics.CodeAnalysis;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>The queue: what waits, what is in flight, and in which order they go. All of it under the lock.</summary>
/// <remarks>
/// A QoS 1 or 2 entry waits, is in flight, and lands when it is acknowledged. A new connection finds what was in flight among
/// <see cref="_again"/>, to be sent before all else. QoS 0 messages pass them by while a full window holds them up.
/// </remarks>
internal sealed partial class Session
{
    /// <summary>Messages and octets that a receiver is never behind with, however small its limits are.</summary>
    private const int Handful = 256;
    private const int HandfulOctets = 1024 * 1024;

    private readonly WaitingEntries _waiting = new();
    private readonly Queue<LogEntry> _again = new();
    private readonly Dictionary<ushort, LogEntry> _inFlight = [];
    private readonly Queue<LogEntry> _releases = new();
    private readonly Queue<SentOnce> _sentOnce = new();
    private readonly Congestion _congestion;
    private QueueLimits _limits;
    private int _window;
    private long _sentBytes;
    private long _sentOnceBytes;
    private long _arrivals = 1;
    private bool _sinkIsTold;

    /// <summary>QoS 1 and 2 messages that wait or are in flight.</summary>
    private int KeptCount => _waiting.Count + _again.Count + _inFlight.Count;

    /// <summary>Whether so much waits that publishers should pause: more than half of a limit, and no mere handful.</summary>
    private bool FallsBehind => IsAbove(fraction: 2) && HasMoreThanAHandful;

    private bool HasMoreThanAHandful => KeptCount + _sentOnce.Count > Handful || QueuedOctets > HandfulOctets;

    private long QueuedOctets => _waiting.Bytes + _sentBytes + _sentOnceBytes;

    /// <summary>Whether the queue is fuller than one half, one quarter … of its limits.</summary>
    private bool IsAbove(int fraction) => KeptCount + _sentOnce.Count > _limits.MaxMessages / fraction || QueuedOctets > _limits.MaxBytes / fraction;

    private void EnqueueOnce(Message message, bool retain, uint[]? identifiers)
    {
        var size = message.Size;
        if (_connection is null)
        {
            _services.Drops.Count(DropCause.Offline);
        }
        else if (_sentOnce.Count >= _limits.MaxMessages || _sentOnceBytes + size > _limits.MaxBytes || IsBeyondTotal(size))
        {
            _services.Drops.Count(DropCause.SlowReceiver);
        }
        else
        {
            _sentOnce.Enqueue(new SentOnce(_arrivals++, message, size, HasMaxAge ? _services.Clock.GetUtcNow() : default, retain, identifiers));
            _sentOnceBytes += size;
        }
    }

    /// <summary>Applies the queue's limits to one more message. False when that one is dropped.</summary>
    private bool MakeRoom(int size, ref List<LogEntry>? victims)
    {
        if (_limits.Overflow == OverflowPolicy.DropNewest && IsBeyondTotalToKeep(size))
        {
            _services.Drops.Count(DropCause.QueueFull);
            return false;
        }

        if (HasRoom(size))
        {
            return true;
        }

        // What is in flight stays; when that alone is too much, no victim would help.
        if (_limits.Overflow == OverflowPolicy.DropNewest || KeptCount - _waiting.Count >= _limits.MaxMessages || _sentBytes + size > _limits.MaxBytes)
        {
            _services.Drops.Count(DropCause.QueueFull);
            return false;
        }

        do
        {
            (victims ??= []).Add(_waiting.RemoveFirst(Number));
        }
        while (!HasRoom(size));
        return true;
    }

    private bool HasRoom(int size) => KeptCount < _limits.MaxMessages && _waiting.Bytes + _sentBytes + size <= _limits.MaxBytes;

    private bool TryTakeNext(ref List<LogEntry>? expired, out Delivery delivery)
    {
        if (TryTakeRelease(out var release))
        {
            release.State = LogEntryState.Released;
            delivery = new Delivery(DeliveryKind.Release, release.PacketId, null, QualityOfService.ExactlyOnce, Retain: false, Dup: false, null);
            return true;
        }

        var next = FirstSendable(ref expired);
        if (TryTakeOnce(before: next?.Order ?? long.MaxValue, out var once))
        {
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
        RemoveFirst();
        next.State = LogEntryState.Sent;
        next.Dup = true;
        Fly(next);
        return true;
    }

    private bool TryTakeRelease([NotNullWhen(true)] out LogEntry? release)
    {
        while (_releases.TryDequeue(out release))
        {
            // It may have been given up meanwhile.
            if (_inFlight.GetValueOrDefault(release.PacketId) == release)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryTakeOnce(long before, out SentOnce once)
    {
        while (_sentOnce.TryPeek(out once) && once.Order < before)
        {
            _sentOnce.Dequeue();
            _sentOnceBytes -= once.Size;
            if (!HasExpired(once.Message))
            {
                return true;
            }

            _services.Drops.Count(DropCause.Expired);
        }

        return false;
    }

    /// <summary>The oldest entry to send, if the window, the Packet Identifiers, the store and the memory let it go now.</summary>
    private LogEntry? FirstSendable(ref List<LogEntry>? expired)
    {
        while (First is { } first && IsSendable(first))
        {
            if (MustGoOn(first) || !HasExpired(first.Message!))
            {
                return first;
            }

            RemoveFirst();
            (expired ??= []).Add(first);
        }

        return null;
    }

    private LogEntry? First => _again.TryPeek(out var again) ? again : _waiting.First;

    /// <remarks>
    /// QoS 2 goes out only when a restart would still know its Packet Identifier: else the receiver could take it twice.
    /// An identifier still in flight is not used for another message.
    /// </remarks>
    private bool IsSendable(LogEntry entry) =>
        _inFlight.Count < _window
        && !(entry.Qos == QualityOfService.ExactlyOnce && IsDurable && !entry.IsStored)
        && !_inFlight.ContainsKey(entry.PacketId);

    /// <summary>Whether its receiver may have it, at QoS 2: then the exchange must come to an end.</summary>
    private static bool MustGoOn(LogEntry entry) => entry is { Dup: true, Qos: QualityOfService.ExactlyOnce };

    private bool HasExpired(Message message) => message.ExpiresAt is { } expiry && expiry <= _services.Clock.GetUtcNow();

    private void RemoveFirst()
    {
        if (_again.TryDequeue(out var again))
        {
            _sentBytes -= again.Size;
        }
        else
        {
            _waiting.RemoveFirst(Number);
        }
    }

    private void Fly(LogEntry entry)
    {
        _inFlight[entry.PacketId] = entry;
        _sentBytes += entry.Size;
    }

    /// <summary>The entry is no longer in flight.</summary>
    private void Land(LogEntry entry)
    {
        _inFlight.Remove(entry.PacketId);
        _sentBytes -= entry.Size;
    }

    /// <summary>Prepares for a new connection: all that was in flight is sent again in the old order ([MQTT-4.4.0-1]).</summary>
    private void Rewind()
    {
        _sinkIsTold = false;
        _releases.Clear();
        if (_inFlight.Count == 0)
        {
            return;
        }

        var before = _inFlight.Values.Concat(_again).OrderBy(entry => entry.Position).ToList();
        _again.Clear();
        foreach (var entry in before)
        {
            switch (entry.State)
            {
                case LogEntryState.Queued or LogEntryState.Sent:
                    entry.State = LogEntryState.Queued;
                    _inFlight.Remove(entry.PacketId);
                    _again.Enqueue(entry);
                    break;
                case LogEntryState.Releasable or LogEntryState.Released:
                    entry.State = LogEntryState.Releasable;
                    _releases.Enqueue(entry);
                    break;
            }
        }
    }

    /// <summary>
    /// Whether another member of the group may get an entry: the message came by a shared subscription, and the receiver cannot have it
    /// once for ever already ([MQTT-4.8.2-5]).
    /// </summary>
    public bool MayPassOn(LogEntry entry) =>
        entry.Share != default
        && (entry.Qos == QualityOfService.AtLeastOnce || (entry is { State: LogEntryState.Queued, Dup: false } && entry.Position >= _restoredEnd));

    /// <summary>Empties the queue. What its receiver has already is not counted as undelivered.</summary>
    private Remains TakeAll(Parting parting, List<TopicFilter> filters, out List<IKeptReceipt> receipts)
    {
        receipts = [];
        var inMemory = _waiting.InMemory.ToList();
        List<(long, long)> unread = filters.Exists(IsShared) ? [.. _waiting.Unread] : [];
        var undelivered = _sentOnce.Count + (unread.Count == 0 ? _waiting.Count - inMemory.Count : 0);
        var shared = new List<(LogEntry, IKeptReceipt?)>();
        foreach (var entry in _inFlight.Values.Concat(_again).OrderBy(entry => entry.Position).Concat(inMemory))
        {
            entry.TryWithdraw();
            if (MayPassOn(entry))
            {
                shared.Add((entry, TakeReceipt(entry)));
                continue;
            }

            undelivered += entry.State is LogEntryState.Queued or LogEntryState.Sent ? 1 : 0;
            if (TakeReceipt(entry) is { } receipt)
            {
                receipts.Add(receipt);
            }
        }

        return new Remains(parting, filters, undelivered, shared, unread);
    }

    private static bool IsShared(TopicFilter filter) => SubscriptionFilter.TryParse(filter, out var target) && target.Group is not null;

    private void DropSentOnce()
    {
        _services.Drops.Count(DropCause.Offline, _sentOnce.Count);
        _sentOnce.Clear();
        _sentOnceBytes = 0;
    }

    private static IKeptReceipt? TakeReceipt(LogEntry entry)
    {
        var receipt = entry.Receipt;
        entry.Receipt = null;
        return receipt;
    }

    /// <summary>Whom to tell that there is something to take, once until it was all taken.</summary>
    private SessionConnection? ConnectionToTell()
    {
        if (_sinkIsTold || _connection is null || !HasDeliveries)
        {
            return null;
        }

        _sinkIsTold = true;
        return _connection;
    }

    private bool HasDeliveries =>
        _releases.Count > 0
        || _sentOnce.Count > 0
        || (First is { } first ? IsSendable(first) : _waiting.Count > 0 && !_isReading && _inFlight.Count < _window);
}
