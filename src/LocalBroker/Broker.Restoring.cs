using Edge.LocalBroker.Sessions;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>What the store kept comes back at the start.</summary>
public sealed partial class Broker
{
    private void Restore(StoredState state)
    {
        var now = _clock.GetUtcNow();
        var messages = 0L;
        foreach (var stored in state.Sessions.OrderBy(stored => stored.Record.Number))
        {
            var session = new Session(stored.Record.ClientId, stored.Record.Number, _services);
            session.Restore(stored, now);
            if (_sessions.TryGetValue(session.ClientId, out var older))
            {
                // The power went between the end of a session and the commit that would have kept it.
                End(older);
            }

            _sessions[session.ClientId] = session;
            _numbersInUse[session.Number] = true;
            _lastNumber = Math.Max(_lastNumber, session.Number);
            messages += session.Queued.Messages;
            foreach (var subscription in stored.Subscriptions)
            {
                Hook(session, subscription);
            }
        }

        foreach (var message in state.Retained)
        {
            _retained.Set(message);
        }

        // Only now, as what is due goes out at once, and all shall get it.
        _delayed.Restore(state.Delayed);
        foreach (var (_, session) in _sessions)
        {
            _deadlines.Watch(session);
        }

        if (state.Sessions.Count + state.Retained.Count + state.Delayed.Count > 0)
        {
            _logger.Restored(_sessions.Count, messages, state.Retained.Count, state.Delayed.Count);
        }
    }
}
