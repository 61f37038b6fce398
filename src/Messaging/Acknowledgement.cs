namespace Edge.Messaging;

/// <summary>What a receiver said about a delivery.</summary>
public enum Acknowledgement : byte
{
    /// <summary>PUBACK: QoS 1 is done.</summary>
    PubAck,

    /// <summary>PUBREC: the receiver has the QoS 2 message; the session answers with a <see cref="DeliveryKind.Release"/>.</summary>
    PubRec,

    /// <summary>PUBCOMP: QoS 2 is done.</summary>
    PubComp,
}
