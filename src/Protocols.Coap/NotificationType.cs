namespace Edge.Protocols.Coap;

/// <summary>By which type of message observers are notified.</summary>
public enum NotificationType : byte
{
    /// <summary>Confirmable at QoS 1 and 2, Non-confirmable at QoS 0.</summary>
    ByQos = 0,

    /// <summary>Confirmable.</summary>
    Confirmable,

    /// <summary>Non-confirmable, which is never sent again.</summary>
    NonConfirmable,
}
