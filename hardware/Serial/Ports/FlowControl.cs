namespace Edge.Serial.Ports;

/// <summary>How each side keeps the other from sending more than it can take.</summary>
public enum FlowControl
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>By the lines RTS and CTS.</summary>
    RtsCts,
}
