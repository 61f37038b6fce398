namespace Edge.Messaging.Stores;

/// <summary>Durable records of sessions and retained messages. Calls return at once; the writes share commits in the order of calls.</summary>
public interface ISessionStore
{
    /// <summary>All that was kept, read once at start.</summary>
    StoredState Load();

    /// <summary>Keeps a session's terms under its number, new or changed.</summary>
    void SaveSession(SessionRecord session);

    /// <summary>Forgets a session with its subscriptions, received identifiers and queue.</summary>
    void DeleteSession(long number);

    /// <summary>Keeps a subscription, new or changed.</summary>
    void SaveSubscription(long session, Subscription subscription);

    /// <summary>Forgets a subscription.</summary>
    void DeleteSubscription(long session, TopicFilter filter);

    /// <summary>Forgets an incoming QoS 2 exchange, which was kept by <see cref="IMessageLog.Append"/>.</summary>
    void RemoveReceived(ReceivedExchange exchange);

    /// <summary>Keeps a retained message in place of the one on its topic.</summary>
    void SaveRetained(Message message);

    /// <summary>Forgets the retained message of a topic.</summary>
    void DeleteRetained(TopicName topic);

    /// <summary>Completes when everything asked for before this call is on disk.</summary>
    Task CommitAsync();
}
