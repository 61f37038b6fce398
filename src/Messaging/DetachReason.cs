namespace Edge.Messaging;

/// <summary>Why the broker parts a connection from its session.</summary>
public enum DetachReason
{
    /// <summary>Another connection came with the same ClientId ([MQTT-3.1.4-3]).</summary>
    TakenOver,

    /// <summary>The gateway stops.</summary>
    ShuttingDown,

    /// <summary>An operator or a rule ended the connection.</summary>
    Administrative,

    /// <summary>The time for which the client was let in is over.</summary>
    Expired,
}
