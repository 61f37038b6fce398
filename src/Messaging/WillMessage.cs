namespace Edge.Messaging;

/// <summary>The message that the broker publishes for a client that goes without saying so (MQTT 5.0 §3.1.2.5).</summary>
/// <param name="Message">The Will itself. Its expiry, if any, counts from its publication: see <paramref name="ExpiryInterval"/>.</param>
/// <param name="Delay">Will Delay Interval; published after it, or when the session ends, whichever is first. Default 0.</param>
/// <param name="ExpiryInterval">Message Expiry Interval of the published Will; null means never.</param>
public sealed record WillMessage(Message Message, TimeSpan Delay = default, TimeSpan? ExpiryInterval = null);
