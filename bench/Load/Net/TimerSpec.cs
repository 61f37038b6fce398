using System.Runtime.InteropServices;

namespace Edge.Load.Net;

/// <summary>The kernel's <c>struct itimerspec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerSpec
{
    internal nint IntervalSeconds;
    internal nint IntervalNanoseconds;
    internal nint FirstSeconds;
    internal nint FirstNanoseconds;
}
