namespace Edge.Protocols.Coap.Codec;

/// <summary>Type of a message (RFC 7252 §3).</summary>
public enum CoapType : byte
{
    /// <summary>Confirmable: wants an Acknowledgement, and is sent again until it comes.</summary>
    Confirmable = 0,

    /// <summary>Non-confirmable: sent once.</summary>
    NonConfirmable,

    /// <summary>Acknowledgement, perhaps with the response in it.</summary>
    Acknowledgement,

    /// <summary>Reset: the message came, and nothing can be made of it.</summary>
    Reset,
}
