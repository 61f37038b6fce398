using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Edge.Transports;

/// <summary>Where a datagram came from or goes to. Opaque: compare it, look it up by it, show it.</summary>
/// <remarks>An IP end point by now. An IPv4 address is the same whether an IPv4 or a dual socket saw it.</remarks>
public readonly struct LinkAddress : IEquatable<LinkAddress>
{
    private const ushort InterNetwork = 2;
    private const ushort InterNetworkV6 = 10;
    private const int SizeV4 = 16;
    private const int SizeV6 = 28;

    /// <summary>Upper half of the <c>::ffff:0:0/96</c> that stands for IPv4 in the lower half.</summary>
    private const ulong Mapped = 0x0000_FFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;

    private LinkAddress(ulong high, ulong low, uint scope, ushort port)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
    }

    private bool IsIPv4 => _high == 0 && _low >> 32 == Mapped >> 32;

    /// <summary>The address of an IP end point.</summary>
    public static LinkAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Span<byte> octets = stackalloc byte[16];
        endPoint.Address.MapToIPv6().TryWriteBytes(octets, out _);
        var scope = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? (uint)endPoint.Address.ScopeId : 0;
        return new LinkAddress(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]), scope, (ushort)endPoint.Port);
    }

    /// <summary>Whether both are the same place.</summary>
    public static bool operator ==(LinkAddress left, LinkAddress right) => left.Equals(right);

    /// <summary>Whether they are different places.</summary>
    public static bool operator !=(LinkAddress left, LinkAddress right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(LinkAddress other) => _low == other._low && _port == other._port && _high == other._high && _scope == other._scope;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LinkAddress other && Equals(other);

    /// <summary>Differs from process to process, so that nobody can choose addresses that collide.</summary>
    public override int GetHashCode() => HashCode.Combine(_low, _port, _high);

    /// <summary>Such as <c>192.0.2.7:50123</c> or <c>[2001:db8::7]:50123</c>.</summary>
    public override string ToString() => ToEndPoint().ToString();

    /// <summary>The IP end point.</summary>
    public IPEndPoint ToEndPoint()
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(octets, _high);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], _low);
        return new IPEndPoint(IsIPv4 ? new IPAddress(octets[12..]) : new IPAddress(octets, _scope), _port);
    }

    /// <summary>Reads a <c>sockaddr_in</c> or <c>sockaddr_in6</c>.</summary>
    internal static LinkAddress Read(ReadOnlySpan<byte> socketAddress)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(socketAddress[2..]);
        return BitConverter.ToUInt16(socketAddress) == InterNetwork
            ? new LinkAddress(0, Mapped | BinaryPrimitives.ReadUInt32BigEndian(socketAddress[4..]), 0, port)
            : new LinkAddress(
                BinaryPrimitives.ReadUInt64BigEndian(socketAddress[8..]),
                BinaryPrimitives.ReadUInt64BigEndian(socketAddress[16..]),
                BitConverter.ToUInt32(socketAddress[24..]),
                port);
    }

    /// <summary>Writes a socket address for a socket of one family.</summary>
    /// <returns>Its size, or 0 for an IPv6 address on an IPv4 socket.</returns>
    internal int Write(Span<byte> socketAddress, AddressFamily family)
    {
        BinaryPrimitives.WriteUInt16BigEndian(socketAddress[2..], _port);
        if (family == AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(socketAddress, InterNetwork);
            BinaryPrimitives.WriteUInt32BigEndian(socketAddress[4..], (uint)_low);
            socketAddress[8..SizeV4].Clear();
            return IsIPv4 ? SizeV4 : 0;
        }

        BitConverter.TryWriteBytes(socketAddress, InterNetworkV6);
        socketAddress[4..8].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(socketAddress[8..], _high);
        BinaryPrimitives.WriteUInt64BigEndian(socketAddress[16..], _low);
        BitConverter.TryWriteBytes(socketAddress[24..], _scope);
        return SizeV6;
    }
}
