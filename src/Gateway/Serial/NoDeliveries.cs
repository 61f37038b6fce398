using Edge.Messaging;

namespace Edge.Gateway.Serial;

/// <summary>The sink of a session that subscribes to nothing: there is only its end to hear of.</summary>
internal sealed class NoDeliveries : IDeliverySink
{
    public static NoDeliveries Instance { get; } = new();

    public void OnDeliveriesWaiting()
    {
    }

    public void OnDetached(DetachReason reason)
    {
        // The gateway stops, and with it what publishes here.
    }
}
