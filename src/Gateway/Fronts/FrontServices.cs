using Edge.LocalBroker;
using Edge.LocalBroker.Access;
using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Transports;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Fronts;

/// <summary>What every front needs of the gateway.</summary>
internal sealed record FrontServices(Broker Broker, IDropCounter Drops, TimerWheel Wheel, TimeProvider Clock, ILogger Logger)
{
    private readonly SaidOnce _said = new(Clock);

    /// <summary>Publishes for a node without a session (MQTT-SN QoS −1).</summary>
    public void PublishWithoutSession(Message message, string remote, string? user)
    {
        // QoS 0 by its nature: what became of it is counted by the broker, and nobody is answered.
        _ = Broker.PublishAsync(message, isOwn: false, remote, user).AsTask();
    }

    /// <summary>Counts a frame that was not taken: malformed, or out of place.</summary>
    public void CountRefused(ParseError reason, int octets, string remote)
    {
        Drops.Count(reason switch
        {
            ParseError.OutOfSequence => DropCause.Protocol,
            ParseError.TooLarge => DropCause.Oversize,
            _ => DropCause.Malformed,
        });
        Logger.FrameRefused(remote, octets, reason);
    }

    /// <summary>Counts a connection that is closed unheard, for there are far more than a limit allows.</summary>
    public void CountUnheard(string remote, string limit)
    {
        Broker.Metrics.CountRefused(ConnectRefusal.QuotaExceeded);
        Logger.SocketRefused(remote, limit);
    }

    /// <summary>Counts what came faster from an address than a limit allows, and tells of it once an hour for each address.</summary>
    public void CountTooFast(string limit, LinkAddress address)
    {
        Drops.Count(DropCause.Rate);
        if (IsFirst(limit, address))
        {
            Logger.AddressTooFast(limit, address.ToString());
        }
    }

    /// <summary>Whether a limit is to be told of for an address: once an hour.</summary>
    public bool IsFirst(string limit, LinkAddress address) => _said.IsFirst(HashCode.Combine(limit, address.Network));

    /// <summary>Says that the broker could not carry out a request, which happens only when its store fails for good.</summary>
    public void RequestFailed(string remote, Exception? fault) => Logger.RequestFailed(remote, fault);
}
