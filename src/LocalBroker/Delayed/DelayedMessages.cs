using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Delayed;

/// <summary>Messages whose time has not come, and the one timer that waits for the first of them.</summary>
/// <remarks>
/// They go out in the order of their times, those of the same time in the order of arrival. When many are due at once, a pause follows
/// each round until its messages are kept and no receiver falls behind, or for a tenth of a second: as any publisher would wait.
/// </remarks>
internal sealed class DelayedMessages : IDisposable
{
    private const int MaxRound = 1_000;
    private const int MaxPauses = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // Somebody may set the clock meanwhile, and no timer tells.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<DelayedMessage, (DateTimeOffset DueAt, long Number)> _waiting = new();
    private readonly List<Task> _lastRound = [];
    private readonly int _maxMessages;
    private readonly long _maxBytes;
    private readonly TimeProvider _clock;
    private readonly Func<DelayedMessage, Task> _publish;
    private readonly ITimer _timer;
    private long _lastNumber;
    private int _count;
    private long _bytes;
    private int _pauses;
    private bool _isStarted;
    private bool _isPublishing;

    /// <param name="maxMessages">How many may wait.</param>
    /// <param name="maxBytes">How many octets may wait.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="publish">Publishes what is due, on a timer's thread; completes when it is kept and its receivers can take more.</param>
    public DelayedMessages(int maxMessages, long maxBytes, TimeProvider clock, Func<DelayedMessage, Task> publish)
    {
        _maxMessages = maxMessages;
        _maxBytes = maxBytes;
        _clock = clock;
        _publish = publish;
        _timer = clock.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a message waits, or is going out now, that is due no later and so goes first.</summary>
    public bool HasDueBy(DateTimeOffset due)
    {
        lock (_gate)
        {
            return _isPublishing || (_waiting.TryPeek(out var first, out _) && first.DueAt <= due);
        }
    }

    /// <summary>Gives a message its number and takes up room for it; false when there is none. Then it is to be stored, then added.</summary>
    public bool TryReserve(Message message, DateTimeOffset due, out DelayedMessage delayed)
    {
        lock (_gate)
        {
            var hasRoom = _count < _maxMessages && _bytes + message.Size <= _maxBytes;
            delayed = new DelayedMessage(hasRoom ? ++_lastNumber : 0, due, message);
            Occupy(hasRoom ? 1 : 0, message);
            return hasRoom;
        }
    }

    /// <summary>Begins to wait for a message that has its room.</summary>
    public void Add(DelayedMessage delayed)
    {
        lock (_gate)
        {
            Enqueue(delayed);
            SetTimer();
        }
    }

    /// <summary>Publishes from now on what is due, first what came due meanwhile.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _isStarted = true;
            SetTimer();
        }
    }

    /// <summary>Takes up what was kept, before <see cref="Start"/>. There is room for all of it.</summary>
    public void Restore(IReadOnlyList<DelayedMessage> kept)
    {
        lock (_gate)
        {
            foreach (var delayed in kept)
            {
                _lastNumber = Math.Max(_lastNumber, delayed.Number);
                Occupy(1, delayed.Message);
                Enqueue(delayed);
            }
        }
    }

    /// <summary>Publishes nothing more once it has returned.</summary>
    public void Dispose() => _timer.DisposeAsync().AsTask().Wait();

    private void OnTimer()
    {
        List<DelayedMessage> due;
        lock (_gate)
        {
            if (_isPublishing)
            {
                return;
            }

            if (_lastRound.Exists(task => !task.IsCompleted) && _pauses++ < MaxPauses)
            {
                SetTimer();
                return;
            }

            _isPublishing = true;
            due = TakeDue();
        }

        _pauses = 0;
        _lastRound.Clear();
        var tasks = due.ConvertAll(delayed => _publish(delayed));
        lock (_gate)
        {
            _lastRound.AddRange(due.Count < MaxRound ? [] : tasks);
            _isPublishing = false;
            SetTimer();
        }
    }

    private List<DelayedMessage> TakeDue()
    {
        var due = new List<DelayedMessage>();
        var now = _clock.GetUtcNow();
        while (due.Count < MaxRound && _waiting.TryPeek(out var first, out _) && first.DueAt <= now)
        {
            _waiting.Dequeue();
            Occupy(-1, first.Message);
            due.Add(first);
        }

        return due;
    }

    private void Enqueue(DelayedMessage delayed) => _waiting.Enqueue(delayed, (delayed.DueAt, delayed.Number));

    private void Occupy(int sign, Message message)
    {
        _count += sign;
        _bytes += sign * message.Size;
    }

    private void SetTimer()
    {
        if (_isStarted && !_isPublishing && _waiting.TryPeek(out var first, out _))
        {
            var least = _lastRound.Count > 0 ? Pause : TimeSpan.Zero;
            var wait = first.DueAt - _clock.GetUtcNow();
            _timer.Change(wait < least ? least : wait > LongestWait ? LongestWait : wait, Timeout.InfiniteTimeSpan);
        }
    }
}
