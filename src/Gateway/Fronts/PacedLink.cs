using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>A link that passes on so many datagrams of each address, and drops what comes faster before anybody reads it.</summary>
/// <param name="link">The link; disposed of with this one.</param>
/// <param name="rate">How fast.</param>
/// <param name="key">The limit, as its key in the configuration.</param>
/// <param name="services">Where what is dropped is counted and told of.</param>
internal sealed class PacedLink(IDatagramLink link, RatePerAddress rate, string key, FrontServices services) : IDatagramLink
{
    /// <summary>Which datagrams of the link's batch are passed on.</summary>
    private int[] _passed = [];

    /// <inheritdoc/>
    public LinkAddress Local => link.Local;

    /// <inheritdoc/>
    public LinkCounters Counters => link.Counters;

    /// <inheritdoc/>
    public int Receive(TimeSpan timeout)
    {
        var received = link.Receive(timeout);
        if (_passed.Length < received)
        {
            _passed = new int[received];
        }

        var now = services.Clock.GetTimestamp();
        var count = 0;
        for (var i = 0; i < received; i++)
        {
            var sender = link.Sender(i);
            if (rate.TryTake(sender, now))
            {
                _passed[count++] = i;
            }
            else
            {
                services.CountTooFast(key, sender);
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Datagram(int index) => link.Datagram(_passed[index]);

    /// <inheritdoc/>
    public LinkAddress Sender(int index) => link.Sender(_passed[index]);

    /// <inheritdoc/>
    public Span<byte> Enqueue(LinkAddress receiver, int size) => link.Enqueue(receiver, size);

    /// <inheritdoc/>
    public void Flush() => link.Flush();

    /// <inheritdoc/>
    public void Wake() => link.Wake();

    /// <inheritdoc/>
    public void Dispose() => link.Dispose();
}
