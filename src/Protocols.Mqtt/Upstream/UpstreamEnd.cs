using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>How a conversation with upstream ended.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Reason">Reason Code, from upstream when it refused or disconnected, else ours.</param>
/// <param name="Text">What upstream added for people (Reason String), or which rule was broken; null when nothing.</param>
/// <param name="ServerReference">Another server that upstream names, or null.</param>
public sealed record UpstreamEnd(
    UpstreamEndCause Cause, ReasonCode Reason = ReasonCode.Success, string? Text = null, string? ServerReference = null);
