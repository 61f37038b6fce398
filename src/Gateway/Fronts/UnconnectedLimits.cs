using Edge.Gateway.Configuration;
using Edge.Messaging;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>From where, and how fast, nodes may publish without a connection (MQTT-SN QoS −1). One for all listeners and serial lines.</summary>
/// <param name="from">From where; null for anywhere.</param>
/// <param name="rate">How fast from each address.</param>
/// <param name="services">Where what is refused is counted and told of.</param>
internal sealed class UnconnectedLimits(NodeOrigins? from, Rate rate, FrontServices services)
{
    private readonly RatePerAddress? _rate = RatePerAddress.For(rate, services.Clock);

    /// <summary>Whether a node may publish now. What is refused is counted, and told of once an hour for each address.</summary>
    public bool Admits(LinkAddress address, long now)
    {
        if (from?.Contains(address) == false)
        {
            services.Drops.Count(DropCause.NotAuthorized);
            if (services.IsFirst("mqttsn.qos_minus_one_from", address))
            {
                services.Logger.UnconnectedNotAllowed(address.ToString());
            }

            return false;
        }

        var comesInTime = _rate?.TryTake(address, now) ?? true;
        if (!comesInTime)
        {
            services.CountTooFast("mqttsn.qos_minus_one_rate", address);
        }

        return comesInTime;
    }
}
