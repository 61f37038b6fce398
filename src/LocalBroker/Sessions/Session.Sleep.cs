using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>What its client changes of the session's terms while it holds it.</summary>
internal sealed partial class Session
{
    /// <summary>See <see cref="IBrokerSession.Note"/>.</summary>
    public ReadOnlyMemory<byte> Note
    {
        get
        {
            lock (_gate)
            {
                return _note;
            }
        }
    }

    /// <summary>See <see cref="IBrokerSession.IsDrained"/>.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_gate)
            {
                return KeptCount + _sentOnce.Count + _releases.Count == 0;
            }
        }
    }

    public void SetNote(ReadOnlyMemory<byte> note)
    {
        lock (_gate)
        {
            _note = note;
        }
    }

    public void SetWill(WillMessage? will)
    {
        lock (_gate)
        {
            _will = will;
        }
    }

    /// <summary>The client sleeps from here on, until it connects again.</summary>
    public void Sleep(TimeSpan longest, TimeSpan expiry)
    {
        lock (_gate)
        {
            _sleep = longest;
            Expiry = expiry;
        }
    }

    /// <summary>From here on the store is to keep it, as its terms already are.</summary>
    /// <param name="received">Gets the Packet Identifiers of incoming exchanges that are open.</param>
    /// <returns>What waits or is in flight, in order of position; null when it was durable already.</returns>
    public List<LogEntry>? BecomeDurable(out List<ushort> received)
    {
        lock (_gate)
        {
            received = [];
            if (IsDurable || _ended)
            {
                return null;
            }

            IsDurable = true;
            received.AddRange(_received.Keys);
            List<LogEntry> entries = [.. _inFlight.Values.Concat(_again).OrderBy(entry => entry.Position), .. _waiting.InMemory];
            entries.ForEach(entry => entry.Owner = this);
            return entries;
        }
    }
}
