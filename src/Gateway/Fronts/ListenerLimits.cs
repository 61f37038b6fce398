using Edge.Gateway.Configuration;
using Edge.LocalBroker;

namespace Edge.Gateway.Fronts;

/// <summary>What holds for all connections of one listener together.</summary>
/// <param name="key">The listener's section of the configuration, such as <c>listeners.mqtt</c>.</param>
/// <param name="settings">Its limits.</param>
internal sealed class ListenerLimits(string key, ListenerSettings settings)
{
    /// <summary>Sockets beyond the clients that may be there: of those that come, and of those that are being told that there is no room.</summary>
    private const int SpareSockets = 100;

    /// <summary>Clients that have connected, or are about to.</summary>
    public ConnectionLimit Clients { get; } = new(settings.MaxConnections);

    /// <summary>The key of the limit on <see cref="Clients"/>.</summary>
    public string ClientsKey { get; } = $"{key}.max_connections";

    /// <summary>Sockets, with or without a client that has said who it is. Who finds no room here is not listened to.</summary>
    public ConnectionLimit Sockets { get; } = new(settings.MaxConnections == 0 ? 0 : settings.MaxConnections + SpareSockets);
}
