namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>Why a conversation with upstream ended.</summary>
public enum UpstreamEndCause
{
    /// <summary>We were asked to stop and said good-bye.</summary>
    Stopped = 0,

    /// <summary>CONNACK said no.</summary>
    Refused,

    /// <summary>Upstream sent DISCONNECT.</summary>
    Disconnected,

    /// <summary>No CONNACK in time.</summary>
    NoConnAck,

    /// <summary>Nothing arrived for one and a half times the Keep Alive, although asked for (PINGREQ).</summary>
    KeepAlive,

    /// <summary>A message was not acknowledged in time.</summary>
    NoAcknowledgement,

    /// <summary>Upstream sent what is malformed or not allowed.</summary>
    Violation,

    /// <summary>The local broker could not take a message now; upstream sends it again.</summary>
    NotTaken,
}
