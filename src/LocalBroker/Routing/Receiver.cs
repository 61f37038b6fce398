using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker.Routing;

/// <summary>A session that gets a message, with what all its matching subscriptions ask for together.</summary>
/// <param name="Session">The session.</param>
/// <param name="MaximumQos">The highest QoS of them ([MQTT-3.3.4-2]).</param>
/// <param name="RetainAsPublished">Whether one of them keeps the RETAIN flag.</param>
/// <param name="Identifiers">Every identifier ([MQTT-3.3.4-4]); null when there are none.</param>
internal readonly record struct Receiver(Session Session, QualityOfService MaximumQos, bool RetainAsPublished, uint[]? Identifiers)
{
    public Receiver(Subscriber subscriber)
        : this(subscriber.Session, subscriber.Subscription.MaximumQos, subscriber.Subscription.RetainAsPublished, subscriber.Identifiers)
    {
    }

    public Receiver With(Receiver other) => new(
        Session,
        MaximumQos > other.MaximumQos ? MaximumQos : other.MaximumQos,
        RetainAsPublished || other.RetainAsPublished,
        Identifiers is null ? other.Identifiers : other.Identifiers is null ? Identifiers : [.. Identifiers, .. other.Identifiers]);
}
