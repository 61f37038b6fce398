using System.Runtime.InteropServices;
using Edge.Gateway.Configuration;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>A rate that holds for each address by itself. For any thread.</summary>
/// <remarks>
/// An address is <see cref="LinkAddress.Network"/>. So many are remembered, in two generations: when the younger is full, the elder is forgotten, and
/// who was in it begins anew unless it came again since. So a flood from invented addresses costs a bounded memory, and no search for whom to forget.
/// </remarks>
internal sealed class RatePerAddress
{
    /// <summary>Addresses of one generation.</summary>
    public const int MostAddresses = 8_192;

    private readonly Lock _gate = new();
    private readonly TokenRate _rate;
    private Dictionary<LinkAddress, long> _younger = [];
    private Dictionary<LinkAddress, long> _elder = [];

    private RatePerAddress(Rate rate, TimeProvider clock) => _rate = new TokenRate(rate, clock);

    /// <summary>Addresses that are remembered.</summary>
    internal int Count => _younger.Count + _elder.Count;

    /// <summary>What keeps a rate; null where there is no limit.</summary>
    public static RatePerAddress? For(Rate rate, TimeProvider clock) => rate.IsLimited ? new RatePerAddress(rate, clock) : null;

    /// <summary>Takes note of one more from an address.</summary>
    /// <returns>False when it comes too early; then it does not count.</returns>
    public bool TryTake(LinkAddress address, long now)
    {
        var network = address.Network;
        lock (_gate)
        {
            ref var paidAt = ref CollectionsMarshal.GetValueRefOrAddDefault(_younger, network, out var isKnown);
            if (!isKnown)
            {
                paidAt = _elder.GetValueOrDefault(network, long.MinValue);
            }

            var comesInTime = paidAt <= now;
            if (comesInTime)
            {
                paidAt = _rate.After(paidAt, 1, now);
            }

            if (_younger.Count == MostAddresses)
            {
                (_younger, _elder) = (_elder, _younger);
                _younger.Clear();
            }

            return comesInTime;
        }
    }
}
