using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>What a session leaves when it ends.</summary>
/// <param name="Parting">Whom to tell, and the Will.</param>
/// <param name="Filters">Its subscriptions.</param>
/// <param name="Undelivered">Messages that were given up, and counted.</param>
/// <param name="Shared">Messages of shared subscriptions that another member may get, in order, and who waits until they are kept.</param>
/// <param name="Unread">First and last positions of entries in a row that are on disk only and may be such.</param>
internal sealed record Remains(
    Parting Parting,
    IReadOnlyList<TopicFilter> Filters,
    long Undelivered,
    IReadOnlyList<(LogEntry Entry, IKeptReceipt? Receipt)> Shared,
    IReadOnlyList<(long First, long Last)> Unread)
{
    /// <summary>Whether something is to be passed on before the session may go from the store.</summary>
    public bool HasHeirs => Shared.Count > 0 || Unread.Count > 0;
}
