using Microsoft.Win32.SafeHandles;

namespace Edge.Transports.Native;

/// <summary>Owns an eventfd or an epoll instance, and keeps it open while a call uses it.</summary>
internal sealed class SafeDescriptor : SafeHandleMinusOneIsInvalid
{
    public SafeDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
