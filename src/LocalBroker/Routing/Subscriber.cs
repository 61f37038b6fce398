using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker.Routing;

/// <summary>One session's subscription as it hangs in the <see cref="TopicTree"/>.</summary>
internal sealed record Subscriber(Session Session, Subscription Subscription);
