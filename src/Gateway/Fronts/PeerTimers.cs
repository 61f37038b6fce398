using System.Runtime.CompilerServices;
using Edge.Messaging.Peers;

namespace Edge.Gateway.Fronts;

/// <summary>The deadlines of one peer, a time stamp for each kind of timer. Arming is a store; the wheel hears of it only when it must.</summary>
internal struct PeerTimers
{
    private const int Kinds = (int)PeerTimer.Ping + 1;
    private Deadlines _deadlines;
    private long _noted;

    /// <summary>Whether any timer runs.</summary>
    public readonly bool IsAnyArmed => Next() != 0;

    public void Arm(PeerTimer timer, long at) => _deadlines[(int)timer] = at;

    public void Disarm(PeerTimer timer) => _deadlines[(int)timer] = 0;

    /// <summary>Stops a timer for a while.</summary>
    /// <returns>How much of its time is left; 0 when it did not run.</returns>
    public long Hold(PeerTimer timer, long now)
    {
        var left = _deadlines[(int)timer] == 0 ? 0 : Math.Max(_deadlines[(int)timer] - now, 1);
        Disarm(timer);
        return left;
    }

    /// <summary>Takes one timer that has run out; it is disarmed by that.</summary>
    public bool TryTakeDue(long now, out PeerTimer timer)
    {
        for (var kind = 0; kind < Kinds; kind++)
        {
            if (_deadlines[kind] is not 0 and var at && at <= now)
            {
                _deadlines[kind] = 0;
                timer = (PeerTimer)kind;
                return true;
            }
        }

        timer = default;
        return false;
    }

    /// <summary>Makes sure that the wheel wakes the peer for its next deadline. An alarm is not set to later: it rings once too often.</summary>
    public void Note(TimerWheel wheel, Alarm alarm, long now)
    {
        if (_noted <= now)
        {
            _noted = 0;
        }

        if (Next() is not 0 and var next && (_noted == 0 || next < _noted))
        {
            _noted = next;
            wheel.Set(alarm, next);
        }
    }

    /// <summary>Has the wheel let go of a peer that is gone.</summary>
    public void LetGo(TimerWheel wheel, Alarm alarm)
    {
        if (_noted != 0)
        {
            _noted = 0;
            wheel.Cancel(alarm);
        }
    }

    private readonly long Next()
    {
        var next = 0L;
        foreach (var at in _deadlines)
        {
            if (at != 0 && (next == 0 || at < next))
            {
                next = at;
            }
        }

        return next;
    }

    [InlineArray(Kinds)]
    private struct Deadlines
    {
        private long _first;
    }
}
