namespace Edge.Messaging;

/// <summary>A client proves who it is in several steps (MQTT 5.0 §4.12). For one caller at a time; nothing needs to be ended.</summary>
public interface IAuthenticationExchange
{
    /// <summary>Takes what the client said and gives the answer. After any outcome but <see cref="AuthenticationOutcome.Continue"/> it is over.</summary>
    ValueTask<AuthenticationStep> ContinueAsync(ReadOnlyMemory<byte> data);
}
