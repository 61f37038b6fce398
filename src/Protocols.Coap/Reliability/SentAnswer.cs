using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Reliability;

/// <summary>What a message was answered with, for copies of it. The default is nothing.</summary>
/// <param name="Code">Code of the Acknowledgement, when that has the Token of the request, and neither options nor payload.</param>
/// <param name="Frame">The whole message, in all other cases.</param>
internal readonly record struct SentAnswer(CoapCode Code, byte[]? Frame = null)
{
    /// <summary>Whether nothing was sent.</summary>
    public bool IsNone => Code == CoapCode.Empty && Frame is null;
}
