using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Tells whoever wants to know of clients that come and go.</summary>
public sealed partial class Broker
{
    private readonly ClientEvents? _events;

    private void TellConnected(SessionConnection connection, ConnectRequest request, TimeSpan expiry)
    {
        if (TryGetWantedTopic(connection, isConnected: true, out var topic))
        {
            Tell(topic, _events!.Connected(connection, request, expiry));
        }
    }

    private void TellDisconnected(SessionConnection connection, string reason)
    {
        if (TryGetWantedTopic(connection, isConnected: false, out var topic))
        {
            Tell(topic, _events!.Disconnected(connection, reason));
        }
    }

    /// <summary>The topic, if anybody subscribes to it: what nobody hears need not be said.</summary>
    private bool TryGetWantedTopic(SessionConnection connection, bool isConnected, out TopicName topic)
    {
        topic = default;
        if (_events is null || connection.Session.IsInternal || !_events.TryGetTopic(connection.Client.ClientId, isConnected, out topic))
        {
            return false;
        }

        var receivers = Receivers.Rent();
        _tree.Match(topic, receivers.Found);
        var isWanted = receivers.Found is not { Lists: [], Groups: [] };
        receivers.Return();
        return isWanted;
    }

    /// <summary>At QoS 0, so that nobody has to wait for a commit.</summary>
    private void Tell(TopicName topic, ReadOnlyMemory<byte> payload) =>
        _ = PublishAsync(new Message { Topic = topic, Payload = payload }, isOwn: true).AsTask();
}
