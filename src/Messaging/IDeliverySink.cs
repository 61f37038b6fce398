namespace Edge.Messaging;

/// <summary>How the broker reaches a connection. Both calls return at once and may come from any thread.</summary>
public interface IDeliverySink
{
    /// <summary>
    /// There is something to <see cref="IBrokerSession.Take"/>. Called once until a <c>Take</c> gives less than it had room for.
    /// May come before <see cref="IBroker.ConnectAsync"/> has answered: a resumed session tells at once of what waits in it.
    /// </summary>
    void OnDeliveriesWaiting();

    /// <summary>The session is no longer this connection's; close it.</summary>
    void OnDetached(DetachReason reason);
}
