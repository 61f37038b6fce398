using Edge.Messaging;
using Microsoft.Extensions.Logging;

namespace Edge.Bridge;

/// <summary>What the connections of one bridge share, one after the other.</summary>
/// <param name="Options">Settings of the bridge.</param>
/// <param name="Session">What to ask the broker for.</param>
/// <param name="Forward">Local to upstream.</param>
/// <param name="Receive">Upstream to local.</param>
/// <param name="Broker">The local broker.</param>
/// <param name="Drops">Where losses are counted that no session counts.</param>
/// <param name="Counters">What goes over the bridge.</param>
/// <param name="Clock">Tells the time.</param>
/// <param name="Logger">Where the bridge speaks.</param>
/// <param name="OnConnected">Told, with the protocol, when messages can pass.</param>
internal sealed record LinkServices(
    BridgeOptions Options,
    ConnectRequest Session,
    TopicMapping Forward,
    TopicMapping Receive,
    IBroker Broker,
    IDropCounter Drops,
    BridgeCounters Counters,
    TimeProvider Clock,
    ILogger Logger,
    Action<string> OnConnected);
