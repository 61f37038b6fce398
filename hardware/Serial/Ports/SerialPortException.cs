namespace Edge.Serial.Ports;

/// <summary>A serial port cannot be opened.</summary>
/// <param name="reason">Why, as the rest of a sentence that begins with the device, and what to do.</param>
internal sealed class SerialPortException(string reason) : Exception(reason);
