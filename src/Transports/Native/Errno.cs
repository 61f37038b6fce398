namespace Edge.Transports.Native;

/// <summary>Error numbers of Linux that make a difference here.</summary>
internal static class Errno
{
    public const int NoSuchFile = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int NoDeviceBehind = 6;
    public const int BadDescriptor = 9;
    public const int Again = 11;
    public const int OutOfMemory = 12;
    public const int NotPermitted = 13;
    public const int BadAddress = 14;
    public const int Busy = 16;
    public const int NoSuchDevice = 19;
    public const int InvalidArgument = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int NotTerminal = 25;
    public const int NotImplemented = 38;
    public const int NotSocket = 88;
    public const int NoBuffers = 105;
    public const int ConnectionRefused = 111;
}
