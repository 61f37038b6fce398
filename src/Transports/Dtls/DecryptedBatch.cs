namespace Edge.Transports.Dtls;

/// <summary>The datagrams that one call of <see cref="DtlsLink.Receive"/> gave, one behind the other.</summary>
internal sealed class DecryptedBatch
{
    private readonly List<(LinkAddress Sender, int Offset, int Length)> _datagrams = [];
    private byte[] _octets = new byte[64 * 1024];
    private int _used;

    public int Count => _datagrams.Count;

    public void Clear()
    {
        _datagrams.Clear();
        _used = 0;
    }

    public LinkAddress Sender(int index) => _datagrams[index].Sender;

    public ReadOnlySpan<byte> Datagram(int index) => _octets.AsSpan(_datagrams[index].Offset, _datagrams[index].Length);

    /// <summary>Room for one more; what is not added is used again.</summary>
    public Span<byte> Room(int size)
    {
        if (_octets.Length - _used < size)
        {
            Array.Resize(ref _octets, Math.Max(_octets.Length * 2, _used + size));
        }

        return _octets.AsSpan(_used);
    }

    /// <summary>Adds what was written into the room.</summary>
    public void Add(LinkAddress sender, int length)
    {
        _datagrams.Add((sender, _used, length));
        _used += length;
    }
}
