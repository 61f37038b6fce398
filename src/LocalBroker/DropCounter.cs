using System.Diagnostics.Metrics;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Every loss in the process, by cause. Also the instrument <c>edge.messages.dropped</c> with the tag <c>cause</c>.</summary>
public sealed class DropCounter : IDropCounter, IDisposable
{
    private static readonly DropCause[] Causes = Enum.GetValues<DropCause>();
    private readonly long[] _counts = new long[Causes.Length];
    private readonly Meter _meter = new("Edge.LocalBroker");

    /// <summary>Begins at zero.</summary>
    public DropCounter() => _meter.CreateObservableCounter(
        "edge.messages.dropped",
        () => Causes.Select(cause => new Measurement<long>(Read(cause), new KeyValuePair<string, object?>("cause", cause.ToString()))),
        unit: "{message}");

    /// <inheritdoc/>
    public void Count(DropCause cause, long count = 1) => Interlocked.Add(ref _counts[(int)cause], count);

    /// <inheritdoc/>
    public long Read(DropCause cause) => Interlocked.Read(ref _counts[(int)cause]);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
