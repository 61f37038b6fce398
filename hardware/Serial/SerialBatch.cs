using Edge.Transports;

namespace Edge.Serial;

/// <summary>Datagrams that were received at once, with who sent them.</summary>
internal sealed class SerialBatch
{
    private readonly List<(int Start, int Length, LinkAddress Sender)> _datagrams = [];
    private byte[] _octets = new byte[1_024];
    private int _end;

    /// <summary>How many there are.</summary>
    public int Count => _datagrams.Count;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _datagrams.Clear();
        _end = 0;
    }

    /// <summary>Copies one in.</summary>
    public void Add(LinkAddress sender, ReadOnlySpan<byte> datagram)
    {
        if (_octets.Length - _end < datagram.Length)
        {
            Array.Resize(ref _octets, Math.Max(2 * _octets.Length, _end + datagram.Length));
        }

        datagram.CopyTo(_octets.AsSpan(_end));
        _datagrams.Add((_end, datagram.Length, sender));
        _end += datagram.Length;
    }

    /// <summary>One of them.</summary>
    public ReadOnlySpan<byte> this[int index] => _octets.AsSpan(_datagrams[index].Start, _datagrams[index].Length);

    /// <summary>Who sent it.</summary>
    public LinkAddress Sender(int index) => _datagrams[index].Sender;
}
