namespace Edge.Serial.Ports;

/// <summary>Which device, and how octets travel on it.</summary>
public sealed record SerialPortOptions
{
    /// <summary>Path of the device, such as <c>/dev/serial/by-id/usb-…</c> or <c>/dev/ttyAMA0</c>. Symbolic links are followed at every opening.</summary>
    public required string Device { get; init; }

    /// <summary>Bits per second, 50 to 4,000,000. Not only the usual ones.</summary>
    public int Baud { get; init; } = 115_200;

    /// <summary>Bits of an octet, 5 to 8.</summary>
    public int DataBits { get; init; } = 8;

    /// <summary>The parity bit.</summary>
    public Parity Parity { get; init; }

    /// <summary>Stop bits, 1 or 2.</summary>
    public int StopBits { get; init; } = 1;

    /// <summary>Flow control.</summary>
    public FlowControl FlowControl { get; init; }
}
