namespace Edge.Load.Scenarios;

/// <summary>What a load is put on beside the gateway.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="LeastRatio">How many times its first figure the gateway has to reach; null where nothing is asked for.</param>
internal sealed record Peer(PeerKind Kind, double? LeastRatio = null);
