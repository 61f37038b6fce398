using System.Net;
using Edge.Transports;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>A link that brings what the test says, and keeps what is sent.</summary>
internal sealed class RecordedLink : IDatagramLink
{
    private readonly List<(LinkAddress Sender, byte[] Datagram)> _batch = [];

    public LinkAddress Local { get; } = LinkAddress.From(new IPEndPoint(IPAddress.Loopback, 1884));

    public LinkCounters Counters => default;

    /// <summary>How often somebody looked into a datagram.</summary>
    public int Read { get; private set; }

    /// <summary>What comes next.</summary>
    public void Bring(params IEnumerable<(string Sender, string Datagram)> batch)
    {
        _batch.Clear();
        _batch.AddRange(batch.Select(one => (LinkAddress.From(IPEndPoint.Parse(one.Sender)), Hex.Parse(one.Datagram))));
    }

    public int Receive(TimeSpan timeout) => _batch.Count;

    public ReadOnlySpan<byte> Datagram(int index)
    {
        Read++;
        return _batch[index].Datagram;
    }

    public LinkAddress Sender(int index) => _batch[index].Sender;

    public Span<byte> Enqueue(LinkAddress receiver, int size) => new byte[size];

    public void Flush()
    {
    }

    public void Wake()
    {
    }

    public void Dispose()
    {
    }
}
