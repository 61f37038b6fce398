using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Edge.Transports;

/// <summary>Where a datagram came from or goes to. Opaque: compare it, look it up by it, show it.</summary>
/// <remarks>
/// <para>An IP end point, a DTLS association, a serial device, or a radio behind one; any of them may be a forwarder with further nodes behind it.</para>
/// <para>An IPv4 address is the same whether an IPv4 or a dual socket saw it.</para>
/// </remarks>
public readonly struct LinkAddress : IEquatable<LinkAddress>
{
    private const ushort InterNetwork = 2;
    private const ushort InterNetworkV6 = 10;
    private const int SizeV4 = 16;
    private const int SizeV6 = 28;

    /// <summary>Upper half of the <c>::ffff:0:0/96</c> that stands for IPv4 in the lower half.</summary>
    private const ulong Mapped = 0x0000_FFFF_0000_0000;

    /// <summary>What <see cref="_port"/> says of a radio, to tell the radio 0 from the device itself.</summary>
    private const ushort Radio = 1;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly uint _association;
    private readonly string? _device;
    private readonly byte[]? _node;

    private LinkAddress(ulong high, ulong low, uint scope, ushort port, string? device = null, byte[]? node = null, uint association = 0)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
        _association = association;
        _device = device;
        _node = node;
    }

    /// <summary>Octets by which a forwarder knows the node; empty when no forwarder is between.</summary>
    public ReadOnlySpan<byte> Node => _node;

    /// <summary>The same place without the node: where the forwarder is, when there is one.</summary>
    public LinkAddress Forwarder => new(_high, _low, _scope, _port, _device, association: _association);

    /// <summary>Whether a forwarder is between, be its name for the node empty or not.</summary>
    public bool IsBehindForwarder => _node is not null;

    /// <summary>Whether it is on a serial line.</summary>
    public bool IsOfDevice => _device is not null;

    /// <summary>Whether it is an address of this machine alone, 127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => !IsOfDevice && (IsIPv4 ? (byte)(_low >> 24) == 127 : (_high, _low) == (0, 1));

    /// <summary>
    /// What limits for an address count by: the IPv4 address, or the IPv6 network of 64 bits, without its port; the device or the radio. Nodes behind a
    /// forwarder count as it does.
    /// </summary>
    public LinkAddress Network => IsOfDevice ? Forwarder : IsIPv4 ? new(_high, _low, 0, 0) : new(_high, 0, _scope, 0);

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

    /// <summary>The only node on a serial line.</summary>
    /// <param name="device">What the line is called.</param>
    public static LinkAddress OfDevice(string device) => new(0, 0, 0, 0, device);

    /// <summary>A radio that a coordinator on a serial line hears.</summary>
    /// <param name="address">Its 64-bit address.</param>
    /// <param name="device">What the line is called.</param>
    public static LinkAddress OfRadio(ulong address, string device) => new(0, address, 0, Radio, device);

    /// <summary>A node to which this place forwards.</summary>
    /// <param name="node">Octets by which the forwarder knows it, any number.</param>
    public LinkAddress Behind(ReadOnlySpan<byte> node) => new(_high, _low, _scope, _port, _device, node.ToArray(), _association);

    /// <summary>
    /// One DTLS association with who is at this IP end point: it stays the same wherever that one moves, and nobody who comes to the end point
    /// later has it.
    /// </summary>
    /// <param name="association">Number of the association; from 1.</param>
    internal LinkAddress OfAssociation(uint association) => new(_high, _low, _scope, _port, association: association);

    /// <summary>Whether both are the same place.</summary>
    public static bool operator ==(LinkAddress left, LinkAddress right) => left.Equals(right);

    /// <summary>Whether they are different places.</summary>
    public static bool operator !=(LinkAddress left, LinkAddress right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(LinkAddress other) =>
        _low == other._low && _port == other._port && _high == other._high && _scope == other._scope && _association == other._association
        && _device == other._device && IsBehindForwarder == other.IsBehindForwarder && Node.SequenceEqual(other.Node);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LinkAddress other && Equals(other);

    /// <summary>Differs from process to process, so that nobody can choose addresses that collide.</summary>
    public override int GetHashCode()
    {
        var place = HashCode.Combine(_low, _port, _high, _association);
        if (_node is null)
        {
            return place;
        }

        var hash = new HashCode();
        hash.Add(place);
        hash.AddBytes(_node);
        return hash.ToHashCode();
    }

    /// <summary>
    /// Such as <c>192.0.2.7:50123</c>, <c>[2001:db8::7]:50123</c>, <c>field</c> or <c>0013A20040A1B2C3@field</c>; a node behind a forwarder
    /// follows after a slash: <c>192.0.2.7:50123/0A01</c>.
    /// </summary>
    public override string ToString()
    {
        var place = _device is null ? ToEndPoint().ToString()
            : _port == Radio ? string.Create(CultureInfo.InvariantCulture, $"{_low:X16}@{_device}")
            : _device;
        return IsBehindForwarder ? $"{place}/{Convert.ToHexString(Node)}" : place;
    }

    /// <summary>The 64-bit address of a radio; false when it is none.</summary>
    public bool TryGetRadio(out ulong address)
    {
        address = _low;
        return _device is not null && _port == Radio;
    }

    /// <summary>The IP end point; of an association, where it began.</summary>
    /// <exception cref="InvalidOperationException">It is a device's or a radio's.</exception>
    public IPEndPoint ToEndPoint()
    {
        if (_device is not null)
        {
            throw new InvalidOperationException($"{this} is no IP end point.");
        }

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
