using System.Net;

namespace Edge.LocalBroker.Sessions;

/// <summary>What is known of a client by name, for templates.</summary>
/// <param name="ClientId">ClientId.</param>
/// <param name="UserName">User name; null when there was none.</param>
/// <param name="Peer">Where it connected from, address and port; null when it did not connect.</param>
internal readonly record struct ClientNames(string ClientId, string? UserName, string? Peer)
{
    /// <summary>Its IP address; null when it has none.</summary>
    public string? Host => Peer is not null && IPEndPoint.TryParse(Peer, out var from)
        ? (from.Address.IsIPv4MappedToIPv6 ? from.Address.MapToIPv4() : from.Address).ToString()
        : null;
}
