using Edge.LocalBroker;
using Edge.Messaging;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Health;

/// <summary>Looks at the memory once a second. When it is nearly used up the broker sheds load, until there is clearly enough again.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    /// <summary>Percent of the limit from which on memory is short.</summary>
    public const int ShortFrom = 90;

    /// <summary>Percent of the limit below which there is enough again.</summary>
    public const int EnoughBelow = 80;

    /// <summary>Garbage is collected at every so many looks while memory is short, so that what is used is what is needed.</summary>
    private const int LooksPerCollection = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Broker _broker;
    private readonly IDropCounter _drops;
    private readonly Func<MemoryUse> _read;
    private readonly Action _collect;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private int _looks;
    private long _droppedBefore;

    /// <summary>Begins to look.</summary>
    /// <param name="broker">Told when memory is short.</param>
    /// <param name="drops">Where what it drops is counted.</param>
    /// <param name="read">Reads how much is used.</param>
    /// <param name="collect">Collects garbage.</param>
    /// <param name="clock">Says when to look.</param>
    /// <param name="logger">Told of each change.</param>
    public MemoryWatch(Broker broker, IDropCounter drops, Func<MemoryUse> read, Action collect, TimeProvider clock, ILogger logger)
    {
        (_broker, _drops, _read, _collect, _logger) = (broker, drops, read, collect, logger);
        Use = read();
        _running = RunAsync(clock);
    }

    /// <summary>What was found at the last look.</summary>
    public MemoryUse Use { get; private set; }

    /// <summary>Collects all garbage, and gives what it held back to the system.</summary>
    public static void CollectGarbage() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Looks, as is done once a second. For one caller at a time.</summary>
    public void Look()
    {
        Use = _read();
        if (!_broker.IsShortOfMemory && IsShort)
        {
            // What is garbage is not needed.
            Collect();
            if (IsShort)
            {
                _looks = 0;
                _droppedBefore = _drops.Read(DropCause.Memory);
                _broker.IsShortOfMemory = true;
                _logger.MemoryShort(Use.Used, Use.Limit, Use.Limit / 100 * EnoughBelow);
            }
        }
        else if (_broker.IsShortOfMemory)
        {
            if (++_looks % LooksPerCollection == 0)
            {
                Collect();
            }

            if (Use.Used < Use.Limit / 100 * EnoughBelow)
            {
                _broker.IsShortOfMemory = false;
                _logger.MemoryEnough(Use.Used, Use.Limit, _drops.Read(DropCause.Memory) - _droppedBefore);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                Look();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped: the gateway ends.
        }
    }

    private bool IsShort => Use.Used >= Use.Limit / 100 * ShortFrom;

    private void Collect()
    {
        _collect();
        Use = _read();
    }
}
