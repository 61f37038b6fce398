using Edge.Messaging;
using Edge.Messaging.Stores;
using Microsoft.Extensions.Logging;

namespace Edge.LocalBroker.Sessions;

/// <summary>What every session needs of its surroundings. <c>Watch</c> is for one that has something fall due; no lock is held then.</summary>
internal sealed record SessionServices(
    IMessageLog Log, IDropCounter Drops, BrokerMetrics Metrics, TimeProvider Clock, ILogger Logger, QueueLimits DefaultLimits,
    Action<Session> Watch, QueuedTotal? Total = null);
