using Edge.Messaging;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>Knows who is at an address of a link. For the loop that owns the link.</summary>
internal interface IClientIdentities
{
    /// <summary>Adds to a client's request what it has proved to be.</summary>
    ConnectRequest Identify(ConnectRequest request, LinkAddress address);

    /// <summary>The user that who is at an address has proved to be; null for none.</summary>
    string? UserAt(LinkAddress address);
}
