namespace Edge.Messaging;

/// <summary>A family of devices as publisher, and as subscriber of what is meant for them.</summary>
public interface IDeviceAdapter
{
    /// <summary>Runs until it is told to stop. Nothing that devices do or fail to do ends it.</summary>
    /// <param name="session">The adapter's own session, for it alone.</param>
    /// <param name="stopping">Ends it, within three seconds.</param>
    Task RunAsync(IBrokerSession session, CancellationToken stopping);
}
