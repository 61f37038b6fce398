namespace Edge.Messaging.Stores;

/// <summary>Durable records of sessions, retained and delayed messages. Calls return at once; the writes share commits in the order of calls.</summary>
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

    /// <summary>Keeps a delayed message under its number, until <see cref="IMessageLog.Append"/> names it as due or it is forgotten.</summary>
    /// <param name="delayed">The message. Its number is not used again.</param>
    /// <param name="received">The incoming QoS 2 exchange that brought it, kept in the very same commit; null for none.</param>
    /// <param name="parted">Terms of the session whose Will the message was, now without it; kept in the very same commit. Null for none.</param>
    void SaveDelayed(DelayedMessage delayed, ReceivedExchange? received = null, SessionRecord? parted = null);

    /// <summary>Forgets a delayed message.</summary>
    void DeleteDelayed(long number);

    /// <summary>Completes when everything asked for before this call is on disk.</summary>
    Task CommitAsync();
}
