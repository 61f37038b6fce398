using System.Runtime.InteropServices;
using Edge.LocalBroker;
using Edge.Messaging;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>How many clients may be connected from each address. For any thread.</summary>
/// <remarks>An address is <see cref="LinkAddress.Network"/>. Only those from where somebody is connected are remembered.</remarks>
/// <param name="maximum">How many; at least 1.</param>
internal sealed class PlacesPerAddress(int maximum)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LinkAddress, int> _taken = [];

    /// <summary>Addresses from where somebody is connected.</summary>
    internal int Addresses => _taken.Count;

    /// <summary>
    /// Takes a place, if there is one. There always is for who is connected already, as it comes again or moves. Who got one calls <see cref="Leave"/> once.
    /// </summary>
    public bool TryEnter(LinkAddress address, ConnectRequest request, Broker broker) => TryEnter(address, maximum) || (broker.IsConnected(request) && TryEnter(address, int.MaxValue));

    /// <summary>Gives the place back.</summary>
    public void Leave(LinkAddress address)
    {
        lock (_gate)
        {
            ref var taken = ref CollectionsMarshal.GetValueRefOrNullRef(_taken, address.Network);
            if (--taken == 0)
            {
                _taken.Remove(address.Network);
            }
        }
    }

    private bool TryEnter(LinkAddress address, int most)
    {
        lock (_gate)
        {
            ref var taken = ref CollectionsMarshal.GetValueRefOrAddDefault(_taken, address.Network, out _);
            var isRoom = taken < most;
            taken += isRoom ? 1 : 0;
            return isRoom;
        }
    }
}
