namespace Edge.Serial.Native;

/// <summary>The flags of <c>c_iflag</c> that are used here.</summary>
[Flags]
internal enum InputFlags : uint
{
    None = 0,

    /// <summary>IGNBRK: a break is no octet.</summary>
    IgnoreBreak = 0x0001,

    /// <summary>IGNPAR: an octet whose parity is wrong is dropped.</summary>
    IgnoreParityErrors = 0x0004,

    /// <summary>INPCK: parity is looked at.</summary>
    CheckParity = 0x0010,
}
