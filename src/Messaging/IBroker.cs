namespace Edge.Messaging;

/// <summary>The door of the broker, the same for every protocol, adapter and bridge.</summary>
public interface IBroker
{
    /// <summary>Begins or resumes a session. Another connection under the same ClientId is parted from it first.</summary>
    /// <param name="request">Who comes and on what terms.</param>
    /// <param name="sink">Told when deliveries wait, until the session is disconnected or taken over.</param>
    /// <returns>Completes when what the answer promises (a new durable session, the end of an old one) is on disk.</returns>
    ValueTask<ConnectOutcome> ConnectAsync(ConnectRequest request, IDeliverySink sink);
}
