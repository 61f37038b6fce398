using Edge.Gateway.Configuration;
using Edge.LocalBroker;

namespace Edge.Gateway.Fronts;

/// <summary>What holds for all connections of one listener together.</summary>
/// <param name="key">The listener's section of the configuration, such as <c>listeners.mqtt</c>.</param>
/// <param name="listener">Its limits.</param>
/// <param name="ofEach">How fast each client may publish.</param>
/// <param name="clock">Measures rates.</param>
internal sealed class ListenerLimits(string key, ListenerSettings listener, PublishRates ofEach, TimeProvider clock)
{
    /// <summary>Sockets beyond the clients that may be there: of those that come, and of those that are being told that there is no room.</summary>
    private const int SpareSockets = 100;

    private readonly TokenBucket? _messages = TokenBucket.For(listener.Publishing.Messages, clock);
    private readonly TokenBucket? _connections = TokenBucket.For(listener.MaxConnectionRate, clock);
    private readonly TokenBucket? _octets = TokenBucket.For(listener.Publishing.Octets, clock);

    /// <summary>Clients that have connected, or are about to.</summary>
    public ConnectionLimit Clients { get; } = new(listener.MaxConnections);

    /// <summary>The key of the limit on <see cref="Clients"/>.</summary>
    public string ClientsKey { get; } = $"{key}.max_connections";

    /// <summary>The same for each address; null where there is no such limit.</summary>
    public PlacesPerAddress? ClientsOfAddress { get; } = listener.MaxConnectionsPerAddress == 0 ? null : new(listener.MaxConnectionsPerAddress);

    /// <summary>The key of the limit that <see cref="ClientsOfAddress"/> keeps.</summary>
    public string ClientsOfAddressKey { get; } = $"{key}.max_connections_per_address";

    /// <summary>How fast datagrams may come from each address; null for as fast as they can.</summary>
    public RatePerAddress? Datagrams { get; } = RatePerAddress.For(listener.MaxDatagramRatePerAddress, clock);

    /// <summary>The key of the limit that <see cref="Datagrams"/> keeps.</summary>
    public string DatagramsKey { get; } = $"{key}.max_datagram_rate_per_address";

    /// <summary>The key of the limit that <see cref="TryConnect"/> keeps.</summary>
    public string ConnectionRateKey { get; } = $"{key}.max_connection_rate";

    /// <summary>Sockets, with or without a client that has said who it is. Who finds no room here is not listened to.</summary>
    public ConnectionLimit Sockets { get; } = new(listener.MaxConnections == 0 ? 0 : listener.MaxConnections + SpareSockets);

    /// <summary>Takes note of a client that connects, where connections cannot wait for their turn.</summary>
    /// <returns>False when it comes too early.</returns>
    public bool TryConnect(long now)
    {
        var comesInTime = _connections?.IsInDebt(now) != true;
        if (comesInTime)
        {
            _connections?.Take(1, now);
        }

        return comesInTime;
    }

    /// <summary>How fast a new client may publish; null for as fast as it can.</summary>
    public Pace? NewPace() => Pace.For(ofEach, _messages, _octets, clock);
}
