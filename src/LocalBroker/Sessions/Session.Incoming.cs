using Edge.Messaging;

namespace Edge.LocalBroker.Sessions;

/// <summary>The way in at QoS 2: which exchanges are open, so that a repeated PUBLISH is not published twice ([MQTT-4.3.3-10]).</summary>
internal sealed partial class Session
{
    private readonly Dictionary<ushort, Task<PublishOutcome>> _received = [];

    /// <summary>The outcome of the exchange that is open under a Packet Identifier, or null.</summary>
    public Task<PublishOutcome>? FindReceived(ushort packetId)
    {
        lock (_gate)
        {
            return _received.GetValueOrDefault(packetId);
        }
    }

    /// <summary>Opens an exchange; a repeat waits for the same outcome.</summary>
    public void AddReceived(ushort packetId, Task<PublishOutcome> outcome)
    {
        lock (_gate)
        {
            _received[packetId] = outcome;
        }
    }

    /// <summary>Closes an exchange. False when none was open.</summary>
    public bool RemoveReceived(ushort packetId)
    {
        lock (_gate)
        {
            return _received.Remove(packetId);
        }
    }
}
