using System.Net;
using Edge.LocalBroker.Access.Tokens;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>Who a client is, as far as it was verified.</summary>
/// <param name="ClientId">ClientId; empty for a node without a session.</param>
/// <param name="UserName">Name of the user; null for an anonymous client, whatever name it may have given.</param>
/// <param name="Address">Where it comes from; null when that is no IP address.</param>
/// <param name="CertificateName">Common Name of its certificate; null when it showed none.</param>
/// <param name="Token">What its token says beyond its name; null when it gave none.</param>
public sealed record ClientIdentity(string ClientId, string? UserName, IPAddress? Address, string? CertificateName = null, TokenGrant? Token = null)
{
    /// <summary>Who a client says it is; its user name is yet to be verified.</summary>
    public static ClientIdentity Of(ConnectRequest request) => new(request.ClientId, request.UserName, AddressOf(request.Peer), request.Certificate?.CommonName);

    /// <summary>The address in a text such as <c>192.0.2.7:50123</c>, of which nodes behind a forwarder have its; null when there is none.</summary>
    public static IPAddress? AddressOf(string peer)
    {
        var place = peer.AsSpan();
        if (place.IndexOf('/') is >= 0 and var end)
        {
            place = place[..end];
        }

        return !IPEndPoint.TryParse(place, out var endPoint) ? null
            : endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4()
            : endPoint.Address;
    }
}
