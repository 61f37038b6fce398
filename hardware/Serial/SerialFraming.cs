namespace Edge.Serial;

/// <summary>How MQTT-SN messages are told apart on a line.</summary>
public enum SerialFraming
{
    /// <summary>By their own Length, as in mqtt-sn-tools.</summary>
    Bare = 0,

    /// <summary>SLIP, RFC 1055.</summary>
    Slip,

    /// <summary>COBS with CRC-16: the one that notices damage.</summary>
    Cobs,
}
