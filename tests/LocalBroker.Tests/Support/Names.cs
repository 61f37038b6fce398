using System.Text;
using Edge.Messaging;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>Short words for what the tests say again and again.</summary>
internal static class Names
{
    public const QualityOfService Qos0 = QualityOfService.AtMostOnce;
    public const QualityOfService Qos1 = QualityOfService.AtLeastOnce;
    public const QualityOfService Qos2 = QualityOfService.ExactlyOnce;

    /// <summary>How long a test waits for what must happen at once; long enough for a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TopicName Topic(string text) =>
        TopicName.TryParse(text, out var topic) ? topic : throw new ArgumentException($"'{text}' is no Topic Name.");

    public static TopicFilter Filter(string text) =>
        TopicFilter.TryParse(text, out var filter) ? filter : throw new ArgumentException($"'{text}' is no Topic Filter.");

    public static TopicTemplate Template(string text) =>
        TopicTemplate.TryParse(text, out var template) ? template : throw new ArgumentException($"'{text}' is no template.");

    public static Message MessageOf(string topic, string payload = "x", QualityOfService qos = Qos0, bool retain = false) =>
        new() { Topic = Topic(topic), Payload = Encoding.UTF8.GetBytes(payload), Qos = qos, Retain = retain };

    public static string Text(this Message? message) => message is null ? "" : Encoding.UTF8.GetString(message.Payload.Span);
}
