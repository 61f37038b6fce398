using Edge.LocalBroker.Sessions;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>What the store kept comes back at the start.</summary>
public sealed partial class Broker
{
    // The power went between their end and the commit that would have kept it; others may get what they leave.
    private readonly List<Session> _replaced = [];

    /// <summary>Lets what is due take its course: Wills, delayed messages, sessions that expire. Once, when rules and receivers are all there.</summary>
    public void Start()
    {
        _replaced.ForEach(session => End(session));
        _replaced.Clear();
        _delayed.Start();
        foreach (var (_, session) in _sessions)
        {
            _deadlines.Watch(session);
        }
    }

    private void Restore(StoredState state)
    {
        var now = _clock.GetUtcNow();
        var messages = 0L;
        foreach (var stored in state.Sessions.OrderBy(stored => stored.Record.Number))
        {
            var session = new Session(stored.Record.ClientId, stored.Record.Number, isDurable: true, _services);
            session.Restore(stored, now);
            if (_sessions.TryGetValue(session.ClientId, out var older))
            {
                _replaced.Add(older);
            }

            _sessions[session.ClientId] = session;
            _numbersInUse[session.Number] = true;
            _lastNumber = Math.Max(_lastNumber, session.Number);
            messages += session.Queued.Messages;
        }

        foreach (var (_, session) in _sessions)
        {
            foreach (var subscription in session.Subscriptions)
            {
                Hook(session, subscription);
            }
        }

        foreach (var message in state.Retained)
        {
            _retained.Restore(message);
        }

        _delayed.Restore(state.Delayed);
        if (state.Sessions.Count + state.Retained.Count + state.Delayed.Count > 0)
        {
            _logger.Restored(_sessions.Count, messages, state.Retained.Count, state.Delayed.Count);
        }
    }
}
