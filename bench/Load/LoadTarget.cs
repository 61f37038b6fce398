using System.Net;

namespace Edge.Load;

/// <summary>The server under load.</summary>
/// <param name="Server">Where it listens.</param>
/// <param name="ProcessId">Its process, when that is on this machine; without it, its use of the machine is not reported.</param>
internal sealed record LoadTarget(IPEndPoint Server, int? ProcessId)
{
    /// <summary>Where the server under an MQTT-SN or CoAP load listens for MQTT; null when that is not known, or it does not.</summary>
    internal IPEndPoint? Mqtt { get; init; }

    /// <summary>True when it answers nothing, so that nobody can connect.</summary>
    internal bool IsMute { get; init; }
}
