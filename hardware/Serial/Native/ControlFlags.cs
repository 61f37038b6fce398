namespace Edge.Serial.Native;

/// <summary>The flags of <c>c_cflag</c> that are used here.</summary>
[Flags]
internal enum ControlFlags : uint
{
    /// <summary>CS5, and in steps of 0x10 to CS8.</summary>
    FiveBits = 0,
    BitsStep = 0x0010,

    /// <summary>CSTOPB.</summary>
    TwoStopBits = 0x0040,

    /// <summary>CREAD.</summary>
    Receive = 0x0080,

    /// <summary>PARENB.</summary>
    Parity = 0x0100,

    /// <summary>PARODD.</summary>
    OddParity = 0x0200,

    /// <summary>CLOCAL: the modem lines are not looked at.</summary>
    Local = 0x0800,

    /// <summary>BOTHER: the speed stands in a field of its own.</summary>
    AnySpeed = 0x1000,

    /// <summary>CRTSCTS.</summary>
    HardwareFlowControl = 0x8000_0000,
}
