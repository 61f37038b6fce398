using System.Collections.Concurrent;

namespace Edge.Gateway.Demo;

/// <summary>What was acknowledged to the sensors, and what arrived in the cloud. Each reading is a line such as <c>boiler 17</c>.</summary>
internal sealed class DemoLedger
{
    private readonly ConcurrentDictionary<string, byte> _acknowledged = new();
    private readonly ConcurrentDictionary<string, byte> _arrived = new();
    private int _repeats;

    /// <summary>Readings that the gateway has acknowledged.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>Different readings that the cloud has.</summary>
    public int Arrived => _arrived.Count;

    /// <summary>Readings that came to the cloud more than once, as QoS 1 allows.</summary>
    public int Repeats => Volatile.Read(ref _repeats);

    /// <summary>Acknowledged readings that the cloud does not have.</summary>
    public int Missing => _acknowledged.Keys.Count(reading => !_arrived.ContainsKey(reading));

    /// <summary>Notes that the gateway acknowledged a reading.</summary>
    public void Acknowledge(string reading) => _acknowledged.TryAdd(reading, 0);

    /// <summary>Notes that a reading came to the cloud.</summary>
    public void Arrive(string reading)
    {
        if (!_arrived.TryAdd(reading, 0))
        {
            Interlocked.Increment(ref _repeats);
        }
    }
}
