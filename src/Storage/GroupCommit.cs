using Edge.Messaging.Stores;
using Microsoft.Extensions.Logging;

namespace Edge.Storage;

/// <summary>Gathers what is to be written and commits it, many changes at a time, on a thread of its own, which reads as well.</summary>
/// <remarks>
/// Changes are gathered in a <see cref="Batch"/>, where many cancel out. It is committed when one that somebody waits for, and that was
/// not withdrawn, is <see cref="StorageOptions.CommitDelay"/> old, or any other <see cref="StorageOptions.RemovalDelay"/>. So a stream of
/// messages that are acknowledged quickly is never written. A commit that fails is tried again, with what came meanwhile, until it works:
/// nobody is told anything before.
/// </remarks>
internal sealed class GroupCommit
{
    private const long Never = long.MaxValue;

    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly StoreFile _file;
    private readonly long _commitDelay;
    private readonly long _removalDelay;
    private readonly StoreCounters _counters;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly object _wake = new();
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate.
    private readonly List<Action<StoreFile>> _reads = [];
    private Batch _pending = new();
    private long _due = Never;
    private long _retryAt;
    private bool _isCommitting;
    private bool _isStopping;
    private bool _mayGiveUp;

    // Guarded by _wake.
    private bool _isWoken;

    // Written by the thread only.
    private int _failures;
    private long _failingSince;
    private long _busySince;

    public GroupCommit(StoreFile file, StorageOptions options, StoreCounters counters, TimeProvider clock, ILogger logger)
    {
        _file = file;
        _counters = counters;
        _clock = clock;
        _commitDelay = ToTicks(options.CommitDelay);
        _removalDelay = ToTicks(options.RemovalDelay);
        _logger = logger;
        _timer = clock.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        new Thread(Run) { IsBackground = true, Name = "edge-store" }.Start();
    }

    /// <summary>False while commits fail, or when the disk has not answered for half a minute.</summary>
    public bool IsHealthy =>
        Volatile.Read(ref _failures) == 0
        && !(Volatile.Read(ref _busySince) is not 0 and var since && _clock.GetElapsedTime(since) > LongestCommit);

    /// <summary>Adds a change to the next commit.</summary>
    public void Enqueue<T>(T argument, Action<Batch, T> change)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, typeof(SqliteStore));
            _pending.Now = _clock.GetTimestamp();
            change(_pending, argument);
            Schedule();
        }
    }

    /// <summary>Completes when every change asked for before is on disk.</summary>
    public Task CommitAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, typeof(SqliteStore));
            if (_pending.IsEmpty && !_isCommitting)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _pending.Now = _clock.GetTimestamp();
            _pending.AddWaiter(waiter);
            Schedule();
            return waiter.Task;
        }
    }

    /// <summary>Reads on the thread that writes, between two commits.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public Task<T> ReadAsync<T>(Func<StoreFile, T> read)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, typeof(SqliteStore));
            _reads.Add(file =>
            {
                try
                {
                    result.SetResult(read(file));
                }
                catch (StoreException fault)
                {
                    result.SetException(fault);
                }
            });
        }

        Wake();
        return result.Task;
    }

    /// <summary>Writes what is pending and ends the thread. When the disk does not let it, it is tried until the token is cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            _isStopping = true;
        }

        Wake();
        using (cancellation.Register(GiveUp))
        {
            await _stopped.Task;
        }
    }

    private void GiveUp()
    {
        lock (_gate)
        {
            _mayGiveUp = true;
        }

        Wake();
    }

    private void Run()
    {
        do
        {
            Volatile.Write(ref _busySince, 0);
            WaitForWake();
            Volatile.Write(ref _busySince, _clock.GetTimestamp());
            if (TakeDue() is { } batch)
            {
                Commit(batch);
            }

            ServeReads();
        }
        while (!IsDone());

        _timer.Dispose();
        _stopped.SetResult();
    }

    private void Wake()
    {
        lock (_wake)
        {
            _isWoken = true;
            Monitor.Pulse(_wake);
        }
    }

    private void WaitForWake()
    {
        lock (_wake)
        {
            while (!_isWoken)
            {
                Monitor.Wait(_wake);
            }

            _isWoken = false;
        }
    }

    /// <summary>Serves the reads that wait now; those that come meanwhile have to let a commit pass.</summary>
    private void ServeReads()
    {
        Action<StoreFile>[] reads;
        lock (_gate)
        {
            reads = [.. _reads];
            _reads.Clear();
        }

        foreach (var read in reads)
        {
            read(_file);
        }
    }

    /// <summary>The batch, if its time has come and there is something to write in it.</summary>
    private Batch? TakeDue()
    {
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            if (now < _retryAt && !_mayGiveUp)
            {
                ArmTimer(_retryAt);
                return null;
            }

            if (now < _due && !_isStopping)
            {
                ArmTimer(_due);
                return null;
            }

            _due = _pending.FindDue(_commitDelay, _removalDelay);
            if (now >= _due || _isStopping)
            {
                _pending.Claim();
            }

            _counters.CountLeftOut(_pending.TakeLeftOut());
            if (_pending.IsEmpty)
            {
                _due = Never;
                return null;
            }

            if (now < _due && !_isStopping)
            {
                ArmTimer(_due);
                return null;
            }

            var batch = _pending;
            _pending = new Batch();
            _due = Never;
            _isCommitting = true;
            return batch;
        }
    }

    private void Commit(Batch batch)
    {
        try
        {
            _file.Write(batch);
        }
        catch (StoreException fault)
        {
            Postpone(batch, fault);
            return;
        }

        if (_failures > 0)
        {
            _logger.CommitsAgain(_clock.GetElapsedTime(_failingSince), _failures);
            _failures = 0;
        }

        _counters.CountLeftOut(batch.TakeLeftOut());
        lock (_gate)
        {
            _isCommitting = false;
            _retryAt = 0;
        }

        batch.Complete();
        _file.CheckpointIfDue();
    }

    /// <summary>Keeps the batch, with all that came since, for the next attempt.</summary>
    private void Postpone(Batch batch, StoreException fault)
    {
        if (_failures++ == 0)
        {
            _failingSince = _clock.GetTimestamp();
            _logger.CommitFailed(fault.Message, fault);
        }

        var delay = FirstRetryDelay * Math.Pow(2, Math.Min(_failures - 1, 10));
        lock (_gate)
        {
            batch.Merge(_pending);
            _pending = batch;
            _isCommitting = false;
            _due = 0;
            _retryAt = _clock.GetTimestamp() + ToTicks(delay < LongestRetryDelay ? delay : LongestRetryDelay);
            ArmTimer(_retryAt);
        }
    }

    /// <summary>Whether the thread may end; what cannot be written by then is given up.</summary>
    private bool IsDone()
    {
        lock (_gate)
        {
            if (!_isStopping || _reads.Count > 0)
            {
                return false;
            }

            if (!_pending.IsEmpty && _mayGiveUp && _failures > 0)
            {
                _logger.StoppedUnwritten(_pending.Count);
                _pending.Fail(new StoreException("The store stopped while it could not write."));
                return true;
            }

            return _pending.IsEmpty;
        }
    }

    /// <summary>Wakes the thread no later than the batch is due; it finds out then whether it has to wait on.</summary>
    private void Schedule()
    {
        if (_pending.IsEmpty)
        {
            return;
        }

        var due = _pending.Now + (_pending.Count == 0 ? 0 : _pending.IsUrgent ? _commitDelay : _removalDelay);
        if (due < _due)
        {
            _due = due;
            ArmTimer(due);
        }
    }

    private long ToTicks(TimeSpan delay) => (long)(delay.TotalSeconds * _clock.TimestampFrequency);

    private void ArmTimer(long due)
    {
        // In whole milliseconds, as timers count them, and never too early.
        var delay = due == Never
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, due - _clock.GetTimestamp()) * 1000.0 / _clock.TimestampFrequency));
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }
}
