using System.Net;

namespace Edge.Transports;

/// <summary>Sizes of a UDP link.</summary>
public sealed record UdpLinkOptions
{
    /// <summary>Largest datagram, in octets, that can be sent by UDP over IPv4.</summary>
    public const int LargestDatagram = 65_507;

    /// <summary>Largest datagram taken in, in octets; a larger one is dropped and counted. 1 to 65,507.</summary>
    public int MaxDatagramSize { get; init; } = LargestDatagram;

    /// <summary>Octets the system may hold for a loop that is busy (SO_RCVBUF). What is more than the system allows is cut, unless the process may exceed it.</summary>
    public int ReceiveBufferSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>Multicast groups to listen to as well, of the same family as what is bound (IPv4 groups on a dual socket, too). A socket bound to one address does not hear them.</summary>
    public IReadOnlyList<IPAddress> Groups { get; init; } = [];

    /// <summary>Whether other links of this program may be bound to groups at the same port (SO_REUSEADDR while binding); those are opened first.</summary>
    public bool IsBesideGroups { get; init; }

    /// <summary>Octets the system may hold until they are on the wire (SO_SNDBUF).</summary>
    public int SendBufferSize { get; init; } = 1024 * 1024;
}
