using System.Runtime.InteropServices;

namespace Edge.Transports.Native;

/// <summary><c>struct mmsghdr</c> of 64-bit Linux, the same for glibc and musl, x64 and arm64.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct MessageHeader
{
    [FieldOffset(0)]
    public byte* Name;

    [FieldOffset(8)]
    public uint NameLength;

    [FieldOffset(16)]
    public IoVector* Vectors;

    [FieldOffset(24)]
    public nuint VectorCount;

    [FieldOffset(32)]
    public void* Control;

    [FieldOffset(40)]
    public nuint ControlLength;

    [FieldOffset(48)]
    public int Flags;

    /// <summary>Octets received or sent.</summary>
    [FieldOffset(56)]
    public uint Length;
}
