using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>What a front says from time to time without being asked.</summary>
/// <param name="Interval">Time between; the first goes out as the front starts.</param>
/// <param name="Datagram">Its octets.</param>
/// <param name="Receivers">Where it goes, asked for anew each time as networks come and go; all of them within the link's reach.</param>
internal sealed record Beacon(TimeSpan Interval, byte[] Datagram, Func<IReadOnlyList<LinkAddress>> Receivers);
