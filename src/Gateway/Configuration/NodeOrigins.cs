using System.Net;
using Edge.Transports;

namespace Edge.Gateway.Configuration;

/// <summary>From where MQTT-SN nodes may come.</summary>
/// <param name="Loopback">Whether from this machine.</param>
/// <param name="Serial">Whether from serial lines.</param>
/// <param name="Networks">From which networks.</param>
internal sealed record NodeOrigins(bool Loopback, bool Serial, IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>This machine.</summary>
    public static NodeOrigins ThisMachine { get; } = new(Loopback: true, Serial: false, []);

    /// <summary>Whether a node comes from there. Nodes behind a forwarder come from where it is.</summary>
    public bool Contains(LinkAddress address) => address.IsOfDevice ? Serial
        : (Loopback && address.IsLoopback) || (Networks.Count > 0 && IsInNetwork(address.ToEndPoint().Address));

    /// <inheritdoc/>
    public bool Equals(NodeOrigins? other) => other?.ToString() == ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(' ', [.. Loopback ? (IEnumerable<string>)["loopback"] : [], .. Serial ? (IEnumerable<string>)["serial"] : [], .. Networks.Select(network => $"{network}")]);

    private bool IsInNetwork(IPAddress address)
    {
        foreach (var network in Networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
