using Edge.Protocols.Coap.Reliability;

namespace Edge.Protocols.Coap;

/// <summary>Settings of the CoAP gateway. Section <c>coap</c>.</summary>
public sealed record CoapOptions
{
    /// <summary>Times of Confirmable messages.</summary>
    public CoapTransmission Transmission { get; init; } = new();

    /// <summary>Longest body of a request in blocks, in octets; 16 and up.</summary>
    public int MaxBlockBody { get; init; } = 1024 * 1024;

    /// <summary>Bodies in blocks that one end point may have under way; 1 and up. When there are more, the one begun first goes.</summary>
    public int MaxBlockBodies { get; init; } = 4;

    /// <summary>Largest block sent, in octets: 16, 32, 64 … 1,024.</summary>
    public int BlockSize { get; init; } = 1_024;

    /// <summary>Resources that one end point may observe; 1 and up.</summary>
    public int MaxObservations { get; init; } = 100;

    /// <summary>Requests of one end point that may wait for their answers; 1 and up.</summary>
    public int MaxPending { get; init; } = 16;
}
