using System.Net;

namespace Edge.Gateway.Configuration;

/// <summary>One listener. Section <c>listeners.X</c>.</summary>
/// <param name="Enabled">Whether it is opened.</param>
/// <param name="Bind">Address and port; port 0 takes a free one.</param>
internal sealed record ListenerSettings(bool Enabled, IPEndPoint Bind);
