using System.Diagnostics.Metrics;
using Edge.Messaging;

namespace Edge.LocalBroker.Tests;

public sealed class DropCounterTests
{
    // Other tests of this process have counters too.
    private const long Distinct = 4_711_000_042;

    [Fact]
    public void Counts_each_cause_by_itself_and_shows_them_as_one_instrument()
    {
        using var drops = new DropCounter();
        drops.Count(DropCause.Expired);
        drops.Count(DropCause.Corrupt, Distinct);

        Assert.Equal((1, Distinct, 0), (drops.Read(DropCause.Expired), drops.Read(DropCause.Corrupt), drops.Read(DropCause.Offline)));
        Assert.Contains((nameof(DropCause.Corrupt), Distinct), Measure());
    }

    private static List<(string Cause, long Count)> Measure()
    {
        var measured = new List<(string Cause, long Count)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "edge.messages.dropped")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => measured.Add(((string)tags[0].Value!, value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
