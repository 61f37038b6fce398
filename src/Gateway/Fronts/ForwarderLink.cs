using Edge.Protocols.MqttSn.Codec.V12;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>A link on which forwarders speak for nodes (MQTT-SN 1.2 §5.5): each node has an address of its own, behind its forwarder's.</summary>
/// <remarks>What is not well encapsulated comes through as it is, from the forwarder itself; its peer refuses and counts it.</remarks>
/// <param name="link">The link; disposed of with this one.</param>
internal sealed class ForwarderLink(IDatagramLink link) : IDatagramLink
{
    /// <inheritdoc/>
    public LinkAddress Local => link.Local;

    /// <inheritdoc/>
    public LinkCounters Counters => link.Counters;

    /// <inheritdoc/>
    public int Receive(TimeSpan timeout) => link.Receive(timeout);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Datagram(int index)
    {
        var datagram = link.Datagram(index);
        return TryUnwrap(datagram, out var inside) ? inside.Message : datagram;
    }

    /// <inheritdoc/>
    public LinkAddress Sender(int index) =>
        TryUnwrap(link.Datagram(index), out var inside) ? link.Sender(index).Behind(inside.WirelessNodeId) : link.Sender(index);

    /// <inheritdoc/>
    public Span<byte> Enqueue(LinkAddress receiver, int size) => receiver.IsBehindForwarder
        ? Encapsulated.Wrap(link.Enqueue(receiver.Forwarder, Encapsulated.SizeOf(receiver.Node, size)), receiver.Node)
        : link.Enqueue(receiver, size);

    /// <inheritdoc/>
    public void Flush() => link.Flush();

    /// <inheritdoc/>
    public void Wake() => link.Wake();

    /// <inheritdoc/>
    public void Dispose() => link.Dispose();

    private static bool TryUnwrap(ReadOnlySpan<byte> datagram, out Encapsulated inside)
    {
        inside = default;
        return Encapsulated.Is(datagram) && Encapsulated.TryParse(datagram, out inside, out _);
    }
}
