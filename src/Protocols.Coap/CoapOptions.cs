using Edge.Protocols.Coap.Reliability;

namespace Edge.Protocols.Coap;

/// <summary>Settings of the CoAP gateway. Section <c>coap</c>.</summary>
public sealed record CoapOptions
{
    /// <summary>Times of Confirmable messages.</summary>
    public CoapTransmission Transmission { get; init; } = new();

    /// <summary>Whether a client has to connect before it does anything else (EMQX's connection mode).</summary>
    public bool ConnectionRequired { get; init; }

    /// <summary>By which type of message observers are notified.</summary>
    public NotificationType Notify { get; init; }

    /// <summary>How measurements are published that come as SenML.</summary>
    public SenMlPublishing SenMl { get; init; }

    /// <summary>Records of a pack that are published by themselves, at most; 1 and up.</summary>
    public int MaxSenMlRecords { get; init; } = 1_000;

    /// <summary>Longest body of a request in blocks, in octets; 16 and up.</summary>
    public int MaxBlockBody { get; init; } = 1024 * 1024;

    /// <summary>Bodies in blocks that one end point may have under way; 1 and up. When there are more, the one begun first goes.</summary>
    public int MaxBlockBodies { get; init; } = 4;

    /// <summary>Octets that the bodies of all end points under way may hold together; no less than <see cref="MaxBlockBody"/> is of use.</summary>
    public long MaxBlockBytesTotal { get; init; } = 16 * 1024 * 1024;

    /// <summary>Largest block sent, in octets: 16, 32, 64 … 1,024.</summary>
    public int BlockSize { get; init; } = 1_024;

    /// <summary>Resources that one end point may observe; 1 and up.</summary>
    public int MaxObservations { get; init; } = 100;

    /// <summary>Requests of one end point that may wait for their answers; 1 and up.</summary>
    public int MaxPending { get; init; } = 16;
}
