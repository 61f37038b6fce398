using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>The queue's part in what waits in all sessions together. The gateway's own sessions have none.</summary>
internal sealed partial class Session
{
    private long _keptTold;
    private long _onceTold;

    /// <summary>Octets that wait and could give way.</summary>
    public long WaitingOctets
    {
        get
        {
            lock (_gate)
            {
                return _ended ? 0 : _waiting.Bytes;
            }
        }
    }

    /// <summary>A connected client that keeps up takes nothing from others, whoever they are that fill the total.</summary>
    private bool KeepsUp => _connection is not null && !HasMoreThanAHandful;

    /// <summary>The oldest give way, and are counted.</summary>
    /// <param name="octets">How many octets there should be less; a message more than that may go.</param>
    public void GiveWay(long octets)
    {
        List<LogEntry>? victims = null;
        lock (_gate)
        {
            for (var left = octets; left > 0 && _waiting.Count > 0 && !_ended; left -= victims[^1].Size)
            {
                (victims ??= []).Add(_waiting.RemoveFirst(Number));
            }

            TellTotal();
        }

        GiveUp(victims, DropCause.QueueFull);
    }

    /// <summary>Whether all sessions together have no room for a message at QoS 0, and this one is among those who fill it.</summary>
    private bool IsBeyondTotal(int octets) => _services.Total is { } total && !total.HasRoomFor(octets) && !KeepsUp && !IsInternal;

    /// <summary>The same at QoS 1 and 2.</summary>
    private bool IsBeyondTotalToKeep(int octets) => _services.Total is { } total && !total.HasRoomToKeep(octets) && !KeepsUp && !IsInternal;

    /// <summary>Passes on what changed. The last thing under the lock wherever the queue changes.</summary>
    private void TellTotal()
    {
        if (_services.Total is not { } total || IsInternal)
        {
            return;
        }

        var (kept, once) = _ended ? (0, 0) : (_waiting.Bytes + _sentBytes, _sentOnceBytes);
        total.Add(kept - _keptTold, once - _onceTold);
        (_keptTold, _onceTold) = (kept, once);
    }
}
