namespace Edge.Messaging;

/// <summary>The door of the broker, the same for every protocol, adapter and bridge.</summary>
public interface IBroker
{
    /// <summary>Begins or resumes a session. Another connection under the same ClientId is parted from it first.</summary>
    /// <param name="request">Who comes and on what terms.</param>
    /// <param name="sink">Told when deliveries wait, until the session is disconnected or taken over.</param>
    /// <returns>Completes when what the answer promises (a new durable session, the end of an old one) is on disk.</returns>
    ValueTask<ConnectOutcome> ConnectAsync(ConnectRequest request, IDeliverySink sink);

    /// <summary>Begins to have a client prove who it is in several steps, before it connects.</summary>
    /// <param name="request">The request as it will be made; with the exchange in <see cref="ConnectRequest.Authentication"/> when that succeeded.</param>
    /// <param name="method">Authentication Method, such as <c>SCRAM-SHA-256</c>.</param>
    /// <returns>The exchange; null when the method is not offered.</returns>
    IAuthenticationExchange? BeginAuthentication(ConnectRequest request, string method) => null;
}
