using System.Collections.Concurrent;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker.Routing;

/// <summary>Who has which filter exclusively (<c>$exclusive/</c>). Filters are compared as text; other subscriptions do not matter.</summary>
internal sealed class ExclusiveFilters
{
    private readonly ConcurrentDictionary<TopicFilter, Session> _owners = new();

    /// <summary>Gives a filter to a session; false when another has it.</summary>
    public bool TryTake(TopicFilter filter, Session session) => _owners.GetOrAdd(filter, session) == session;

    /// <summary>Takes it away again; nothing happens when the session does not have it.</summary>
    public void Release(TopicFilter filter, Session session) => _owners.TryRemove(new KeyValuePair<TopicFilter, Session>(filter, session));
}
