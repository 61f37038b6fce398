namespace Edge.Serial.XBee;

/// <summary>How an XBee radio writes its API frames: its setting AP.</summary>
public enum XBeeApiMode
{
    /// <summary>AP = 1: octets as they are.</summary>
    Plain = 1,

    /// <summary>AP = 2: 0x7E stands at the beginning of frames only, as four octets are escaped elsewhere.</summary>
    Escaped = 2,
}
