using System.Net;
using System.Net.Sockets;
using Edge.Load.Net;

namespace Edge.Load.Coap;

/// <summary>Any number of CoAP end points, in groups that share a socket and a clock for retransmissions.</summary>
internal sealed class EndPoints<TGroup> : IDisposable
    where TGroup : EndPointGroup
{
    private const int MostEndPoints = 16_384;

    private readonly Metronome _retransmissions;

    /// <param name="loop">Where they are served.</param>
    /// <param name="server">Where the server listens.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="group">Makes a group from the number of its first end point and their count.</param>
    internal EndPoints(EventLoop loop, IPEndPoint server, int count, Func<int, int, TGroup> group)
    {
        if (server.AddressFamily != AddressFamily.InterNetwork || !IPAddress.IsLoopback(server.Address) || count > MostEndPoints)
        {
            throw new LoadException($"CoAP clients have addresses 127.1.x.y: the server must listen on 127.0.0.1, and there are {MostEndPoints} at most.");
        }

        _retransmissions = new Metronome(loop, 20, _ => Groups.ForEach(one => one.Retransmit()));
        for (var first = 0; first < count; first += EndPointGroup.MostEndPoints)
        {
            Groups.Add(group(first + 1, Math.Min(EndPointGroup.MostEndPoints, count - first)));
        }
    }

    internal List<TGroup> Groups { get; } = [];

    public void Dispose()
    {
        _retransmissions.Dispose();
        Groups.ForEach(group => group.Dispose());
    }
}
