namespace Edge.Bridge;

/// <summary>MQTT version spoken to upstream.</summary>
public enum UpstreamProtocol
{
    /// <summary>5.0, then 3.1.1 when upstream refuses it.</summary>
    Auto = 0,

    /// <summary>MQTT 3.1.1.</summary>
    V311,

    /// <summary>MQTT 5.0.</summary>
    V5,
}
