namespace Edge.Transports.Native;

/// <summary>The <c>EPOLL…</c> flags that are used here.</summary>
[Flags]
internal enum EpollEvents : uint
{
    None = 0,
    In = 0x001,
    Out = 0x004,
    Error = 0x008,
    HangUp = 0x010,
    ReadHangUp = 0x2000,
    EdgeTriggered = 0x8000_0000,
}
