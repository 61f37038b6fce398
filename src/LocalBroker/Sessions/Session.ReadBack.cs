using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>Brings entries back from the disk before their turn comes; one read at a time.</summary>
internal sealed partial class Session
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    // Entries before it were on disk when the process started, and may have been sent before.
    private long _restoredEnd;
    private bool _isReading;

    private bool BeginReading(out long from, out long to)
    {
        (from, to) = (0, 0);
        if (_isReading || !_waiting.TryFindUnread(out from, out to))
        {
            return false;
        }

        return _isReading = true;
    }

    private async Task ReadBackAsync(long from, long to)
    {
        List<LogEntry>? damaged = null;
        IReadOnlyList<LogEntry>? entries = null;
        try
        {
            entries = await _services.Log.ReadAsync(Number, from, to);
        }
        catch (StoreException fault)
        {
            _services.Logger.QueueUnreadable(ClientId, RetryInterval.TotalSeconds, fault);
            await Task.Delay(RetryInterval, _services.Clock);
        }

        SessionConnection? toTell;
        lock (_gate)
        {
            if (entries is not null && !_ended)
            {
                foreach (var entry in entries)
                {
                    entry.Owner = this;
                    entry.Dup = entry.Position < _restoredEnd;
                }

                damaged = _waiting.PutBack(Number, from, to, entries);
            }

            _isReading = false;
            TellTotal();
            toTell = ConnectionToTell();
        }

        GiveUp(damaged, DropCause.Corrupt);
        toTell?.Sink.OnDeliveriesWaiting();
    }
}
