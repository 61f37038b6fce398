using Edge.LocalBroker.Sessions;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>What a client changes of its session's terms while it is connected.</summary>
public sealed partial class Broker
{
    internal ValueTask<bool> NoteAsync(Session session, ReadOnlyMemory<byte> note)
    {
        session.SetNote(note);
        return KeptAsync(session);
    }

    internal ValueTask<bool> ChangeWillAsync(Session session, WillMessage? will)
    {
        if (!MayHaveWill(will?.Message, session.Client))
        {
            return new(false);
        }

        session.SetWill(will);
        return KeptAsync(session);
    }

    /// <remarks>
    /// The terms come first, so that no commit has messages of a session that the store does not know. Then the session says what else is to
    /// be kept, and from that moment on what comes is kept by whoever brings it.
    /// </remarks>
    internal ValueTask<bool> SleepAsync(Session session, TimeSpan longest, TimeSpan expiry)
    {
        session.Sleep(longest, expiry);
        if (!session.IsDurable)
        {
            _store.SaveSession(session.ToRecord());
            if (session.BecomeDurable(out var received) is { } entries)
            {
                KeepAll(session, entries, received);
            }
        }

        return KeptAsync(session);
    }

    private void KeepAll(Session session, List<LogEntry> entries, List<ushort> received)
    {
        foreach (var subscription in session.Subscriptions)
        {
            _store.SaveSubscription(session.Number, subscription);
        }

        foreach (var packetId in received)
        {
            _log.Append([], new ReceivedExchange(session.Number, packetId));
        }

        if (entries.Count > 0)
        {
            _log.Append(entries);
        }

        foreach (var entry in entries.Where(entry => entry.State is LogEntryState.Received or LogEntryState.Releasable or LogEntryState.Released))
        {
            _log.MarkReceived(entry);
        }
    }

    private async ValueTask<bool> KeptAsync(Session session)
    {
        if (session.IsDurable)
        {
            Save(session);
            await _store.CommitAsync();
        }

        return true;
    }
}
