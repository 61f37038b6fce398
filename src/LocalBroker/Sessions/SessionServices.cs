using Edge.Messaging;
using Edge.Messaging.Stores;
using Microsoft.Extensions.Logging;

namespace Edge.LocalBroker.Sessions;

/// <summary>What every session needs of its surroundings.</summary>
internal sealed record SessionServices(
    IMessageLog Log, IDropCounter Drops, BrokerMetrics Metrics, TimeProvider Clock, ILogger Logger, QueueLimits DefaultLimits,
    QueuedTotal? Total = null);
