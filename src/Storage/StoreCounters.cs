using System.Diagnostics.Metrics;

namespace Edge.Storage;

/// <summary>What the store has done since the start, also as instruments of the meter <c>Edge.Storage</c>.</summary>
internal sealed class StoreCounters : IDisposable
{
    private readonly Meter _meter = new("Edge.Storage");
    private readonly Histogram<double> _commitDuration;
    private long _commits;
    private long _octetsWritten;
    private long _entriesWritten;
    private long _entriesLeftOut;
    private long _damagedRecords;
    private long _lastCommitTicks;

    public StoreCounters()
    {
        _meter.CreateObservableCounter("edge.storage.commits", () => Commits, "{commit}", "Transactions on disk");
        _meter.CreateObservableCounter("edge.storage.bytes.written", () => OctetsWritten, "By", "Octets appended to the write-ahead log");
        _meter.CreateObservableCounter("edge.storage.entries.written", () => EntriesWritten, "{entry}", "Queue entries on disk");
        _meter.CreateObservableCounter(
            "edge.storage.entries.left_out", () => EntriesLeftOut, "{entry}", "Queue entries that were acknowledged before they were written");
        _meter.CreateObservableCounter("edge.storage.records.damaged", () => DamagedRecords, "{record}", "Records left out as damaged");
        _commitDuration = _meter.CreateHistogram<double>("edge.storage.commit.duration", "s", "Time that a transaction took");
    }

    public long Commits => Interlocked.Read(ref _commits);

    public long OctetsWritten => Interlocked.Read(ref _octetsWritten);

    public long EntriesWritten => Interlocked.Read(ref _entriesWritten);

    public long EntriesLeftOut => Interlocked.Read(ref _entriesLeftOut);

    public long DamagedRecords => Interlocked.Read(ref _damagedRecords);

    public DateTimeOffset? LastCommitAt =>
        Interlocked.Read(ref _lastCommitTicks) is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void CountCommit(int entries, long octets, DateTimeOffset now, TimeSpan elapsed)
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _octetsWritten, octets);
        Interlocked.Add(ref _entriesWritten, entries);
        Interlocked.Exchange(ref _lastCommitTicks, now.UtcTicks);
        _commitDuration.Record(elapsed.TotalSeconds);
    }

    public void CountLeftOut(int entries) => Interlocked.Add(ref _entriesLeftOut, entries);

    public void CountDamaged(long records) => Interlocked.Add(ref _damagedRecords, records);

    public void Dispose() => _meter.Dispose();
}
