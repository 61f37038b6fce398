using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Edge.Transports.Native;

/// <summary>An event of one descriptor, as this program sees it. The system packs it on x64 and does not elsewhere.</summary>
internal readonly record struct EpollEvent(int Descriptor, EpollEvents Events)
{
    /// <summary>Events taken with one system call.</summary>
    public const int AtOnce = 64;

    /// <summary>Octets of <c>struct epoll_event</c>; its data are the last eight.</summary>
    public static readonly int NativeSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static int DataOffset => NativeSize - sizeof(ulong);

    public static unsafe EpollEvent Read(byte* native) =>
        new(Unsafe.ReadUnaligned<int>(native + DataOffset), (EpollEvents)Unsafe.ReadUnaligned<uint>(native));

    public unsafe void Write(byte* native)
    {
        Unsafe.WriteUnaligned(native, (uint)Events);
        Unsafe.WriteUnaligned(native + DataOffset, (long)Descriptor);
    }
}
