namespace Edge.Protocols.Coap;

/// <summary>Which request an answer of the broker is for. Means nothing to others.</summary>
/// <param name="Number">Number of the request.</param>
public readonly record struct CoapReply(long Number);
