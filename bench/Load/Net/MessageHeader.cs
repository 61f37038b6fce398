using System.Runtime.InteropServices;

namespace Edge.Load.Net;

/// <summary>The kernel's <c>struct mmsghdr</c> on 64-bit Linux: one datagram of a batch.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    internal byte* Name;
    internal uint NameLength;
    internal IoVector* Vectors;
    internal nuint VectorCount;
    internal byte* Control;
    internal nuint ControlLength;
    internal int Flags;
    private readonly uint _endOfInnerHeader;
    internal uint TransferredLength;
    private readonly uint _endOfHeader;
}
