using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>Where everyone hears what a socket says: the broadcast addresses of the networks that it is bound to, and «all nodes» of IPv6.</summary>
internal static class BroadcastAddresses
{
    /// <summary>They at this moment; none for a socket on loopback.</summary>
    /// <param name="local">What is bound; the port is the receivers' as well.</param>
    public static IReadOnlyList<LinkAddress> Of(IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(local);
        if (IPAddress.IsLoopback(local.Address))
        {
            return [];
        }

        var isAny = local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any);
        var addresses = new HashSet<IPAddress>();
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.OperationalStatus != OperationalStatus.Up || network.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            {
                continue;
            }

            foreach (var own in network.GetIPProperties().UnicastAddresses)
            {
                if ((isAny ? own.Address.AddressFamily == local.AddressFamily || local.Address.Equals(IPAddress.IPv6Any) : own.Address.Equals(local.Address))
                    && BroadcastOf(own, network) is { } broadcast)
                {
                    addresses.Add(broadcast);
                }
            }
        }

        return [.. addresses.Select(address => LinkAddress.From(new IPEndPoint(address, local.Port)))];
    }

    private static IPAddress? BroadcastOf(UnicastIPAddressInformation own, NetworkInterface network)
    {
        if (own.Address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return network.SupportsMulticast ? new IPAddress(IPAddress.Parse("ff02::1").GetAddressBytes(), network.GetIPProperties().GetIPv6Properties().Index) : null;
        }

        // A network of one or two has no such address.
        var (address, mask) = (own.Address.GetAddressBytes(), own.IPv4Mask.GetAddressBytes());
        return own.PrefixLength is > 0 and < 31 ? new IPAddress([.. address.Zip(mask, (octet, bits) => (byte)(octet | ~bits))]) : null;
    }
}
