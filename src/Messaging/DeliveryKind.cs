namespace Edge.Messaging;

/// <summary>What a <see cref="Delivery"/> asks for.</summary>
public enum DeliveryKind : byte
{
    /// <summary>Send the message.</summary>
    Publish,

    /// <summary>Send PUBREL for the Packet Identifier.</summary>
    Release,
}
