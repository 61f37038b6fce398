namespace Edge.Messaging;

/// <summary>How much one session may hold for its receiver.</summary>
/// <param name="MaxMessages">Messages, in flight ones included.</param>
/// <param name="MaxBytes">Octets of topic, payload and properties.</param>
/// <param name="Overflow">Who goes when the limit is reached.</param>
/// <param name="MaxInflight">QoS 1 and 2 messages sent and not acknowledged; 1 to 65,535.</param>
/// <param name="MaxAge">How long a message may wait, to the second; zero for ever. Those in flight do not wait.</param>
public sealed record QueueLimits(int MaxMessages, long MaxBytes, OverflowPolicy Overflow, int MaxInflight, TimeSpan MaxAge = default);
