namespace Edge.Serial.Ports;

/// <summary>The parity bit of each octet.</summary>
public enum Parity
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>An even number of ones.</summary>
    Even,

    /// <summary>An odd number of ones.</summary>
    Odd,
}
