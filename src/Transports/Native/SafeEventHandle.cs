using Microsoft.Win32.SafeHandles;

namespace Edge.Transports.Native;

/// <summary>Owns an eventfd, and keeps it open while a call uses it.</summary>
internal sealed class SafeEventHandle : SafeHandleMinusOneIsInvalid
{
    public SafeEventHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
