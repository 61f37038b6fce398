namespace Edge.Messaging.Stores;

/// <summary>A message that is kept until its time comes.</summary>
/// <param name="Number">Order of arrival among all delayed messages; 1 and up, never used twice.</param>
/// <param name="DueAt">When it is to be published.</param>
/// <param name="Message">The message, with the topic it is to be published to.</param>
public sealed record DelayedMessage(long Number, DateTimeOffset DueAt, Message Message);
