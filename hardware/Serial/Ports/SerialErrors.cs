namespace Edge.Serial.Ports;

/// <summary>What the driver of a serial port counted. Frame and parity errors come from a wrong baud rate or a bad wire.</summary>
/// <param name="Frame">Octets without a stop bit.</param>
/// <param name="Parity">Octets of the wrong parity.</param>
/// <param name="Overrun">Octets lost because nobody took them in fast enough.</param>
public readonly record struct SerialErrors(long Frame, long Parity, long Overrun)
{
    /// <summary>What was counted since an earlier moment.</summary>
    public SerialErrors Since(SerialErrors earlier) => new(Frame - earlier.Frame, Parity - earlier.Parity, Overrun - earlier.Overrun);

    /// <summary>What was counted in both spans of time.</summary>
    public SerialErrors And(SerialErrors other) => new(Frame + other.Frame, Parity + other.Parity, Overrun + other.Overrun);
}
