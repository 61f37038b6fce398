namespace Edge.Bridge;

/// <summary>What a bridge is about.</summary>
public enum BridgeState
{
    /// <summary>Not running: not begun yet, or stopped.</summary>
    Stopped = 0,

    /// <summary>Connecting to upstream.</summary>
    Connecting,

    /// <summary>Connected; messages pass.</summary>
    Connected,

    /// <summary>Waiting for the next attempt to connect; see <see cref="BridgeStatus.LastError"/>.</summary>
    Waiting,
}
