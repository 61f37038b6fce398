using Edge.Protocols.Mqtt.Codec;

namespace Edge.Bridge;

/// <summary>How one attempt to connect, or the connection it led to, ended.</summary>
/// <param name="Reason">Why, in words for an operator.</param>
internal sealed record LinkEnd(string Reason)
{
    /// <summary>Whether messages could pass before it ended.</summary>
    public bool WasConnected { get; init; }

    /// <summary>Whether upstream closed the connection instead of answering CONNECT.</summary>
    public bool WasClosedEarly { get; init; }

    /// <summary>What CONNACK said; <see cref="ReasonCode.Success"/> when it did not refuse.</summary>
    public ReasonCode Refusal { get; init; }

    /// <summary>Messages sent and not acknowledged; they are sent again.</summary>
    public int Unacknowledged { get; init; }

    /// <summary>How long it lived.</summary>
    public TimeSpan Lived { get; init; }

    /// <summary>A fault in this program, or null.</summary>
    public Exception? Fault { get; init; }
}
