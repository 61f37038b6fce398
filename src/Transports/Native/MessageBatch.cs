using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Edge.Transports.Native;

/// <summary>Headers, addresses and octets of up to <see cref="Capacity"/> datagrams, laid out for recvmmsg and sendmmsg. Pinned, allocated once.</summary>
internal sealed unsafe class MessageBatch
{
    /// <summary>Datagrams of one system call.</summary>
    public const int Capacity = 64;

    /// <summary>Room for the larger of <c>sockaddr_in</c> and <c>sockaddr_in6</c>.</summary>
    private const int NameSize = 32;

    private readonly byte[] _octets;
    private readonly byte[] _names = GC.AllocateArray<byte>(Capacity * NameSize, pinned: true);
    private readonly IoVector[] _vectors = GC.AllocateArray<IoVector>(Capacity, pinned: true);
    private readonly MessageHeader[] _headers = GC.AllocateArray<MessageHeader>(Capacity, pinned: true);

    /// <param name="octets">Octets of all datagrams together. Pages that are never used cost no memory.</param>
    public MessageBatch(int octets)
    {
        _octets = GC.AllocateUninitializedArray<byte>(octets, pinned: true);
        for (var i = 0; i < Capacity; i++)
        {
            _headers[i].Name = Address(_names, i * NameSize);
            _headers[i].Vectors = (IoVector*)Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, i);
            _headers[i].VectorCount = 1;
        }
    }

    /// <summary>Octets of all datagrams together.</summary>
    public int Octets => _octets.Length;

    /// <summary>The headers from one on, for a system call.</summary>
    public MessageHeader* Headers(int from) => (MessageHeader*)Marshal.UnsafeAddrOfPinnedArrayElement(_headers, from);

    /// <summary>Makes one header ready to receive into a part of the octets.</summary>
    public void PrepareToReceive(int index, int offset, int size)
    {
        SetOctets(index, offset, size);
        PrepareToReceiveAgain(index);
    }

    /// <summary>Undoes what receiving changed in one header. Its datagram and sender stay readable.</summary>
    public void PrepareToReceiveAgain(int index)
    {
        _headers[index].NameLength = NameSize;
        _headers[index].Flags = 0;
    }

    /// <summary>Makes one header ready to send a part of the octets.</summary>
    /// <returns>The octets, to be filled.</returns>
    public Span<byte> PrepareToSend(int index, int offset, int size, LinkAddress receiver, AddressFamily family)
    {
        var nameLength = receiver.Write(_names.AsSpan(index * NameSize, NameSize), family);
        if (nameLength == 0)
        {
            throw new ArgumentException($"{receiver} cannot be reached by an {family} link.", nameof(receiver));
        }

        SetOctets(index, offset, size);
        _headers[index].NameLength = (uint)nameLength;
        return _octets.AsSpan(offset, size);
    }

    public bool IsTruncated(int index) => (_headers[index].Flags & Libc.MsgTrunc) != 0;

    public ReadOnlySpan<byte> Received(int index) => new(_vectors[index].Base, (int)_headers[index].Length);

    public LinkAddress Sender(int index) => LinkAddress.Read(_names.AsSpan(index * NameSize, NameSize));

    private static byte* Address(byte[] pinned, int offset) => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, offset);

    private void SetOctets(int index, int offset, int size)
    {
        _vectors[index].Base = Address(_octets, offset);
        _vectors[index].Length = (nuint)size;
    }
}
