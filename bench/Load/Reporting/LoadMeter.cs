namespace Edge.Load.Reporting;

/// <summary>Measures a load from its start to its last sign of progress.</summary>
internal sealed class LoadMeter
{
    private readonly int? _processId;
    private readonly ProcessUsage? _server;
    private readonly TimeSpan _generator = Environment.CpuUsage.TotalTime;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private long _lastTimestamp;
    private long _lastProgress;

    /// <summary>Starts measuring.</summary>
    internal LoadMeter(LoadTarget target)
    {
        _processId = target.ProcessId;
        _server = ProcessUsage.Read(_processId);
        _lastTimestamp = _start;
    }

    /// <summary>Time from the start to the last progress.</summary>
    internal TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_start, _lastTimestamp);

    /// <summary>Takes note of how far the load is, in any count that grows.</summary>
    internal void Note(long progress)
    {
        if (progress != _lastProgress)
        {
            _lastProgress = progress;
            _lastTimestamp = TimeProvider.System.GetTimestamp();
        }
    }

    /// <summary>True when nothing has moved for so long.</summary>
    internal bool Stalled(TimeSpan patience) => TimeProvider.System.GetElapsedTime(_lastTimestamp) > patience;

    /// <summary>Events per second until the last progress.</summary>
    internal double Rate(long events) => events / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>What it cost until now.</summary>
    internal LoadCost Cost() => new(
        Elapsed,
        Environment.CpuUsage.TotalTime - _generator,
        _server is null ? null : ProcessUsage.Read(_processId)!.Since(_server));
}
