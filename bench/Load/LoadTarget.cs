using System.Net;

namespace Edge.Load;

/// <summary>The server under load.</summary>
/// <param name="Server">Where it listens.</param>
/// <param name="ProcessId">Its process, when that is on this machine; without it, its use of the machine is not reported.</param>
internal sealed record LoadTarget(IPEndPoint Server, int? ProcessId);
