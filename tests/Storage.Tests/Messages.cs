using CsCheck;
using Edge.Messaging;

namespace Edge.Storage.Tests;

/// <summary>Any message, and whether two are the same.</summary>
internal static class Messages
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char["aZ/ é漢-0"], 0, 20];

    public static readonly Gen<TopicName> Topic = Text.Where(text => text.Length > 0).Select(text =>
    {
        Assert.True(TopicName.TryParse(text, out var topic));
        return topic;
    });

    private static readonly Gen<MessageProperties> Properties =
        from isText in Gen.Bool.Nullable()
        from contentType in Text.Null()
        from responseTopic in Text.Null()
        from correlationData in Gen.Byte.Array[0, 20].Null()
        from userProperties in Gen.Select(Text, Text, KeyValuePair.Create).Array[0, 3]
        select new MessageProperties
        {
            PayloadIsText = isText,
            ContentType = contentType,
            ResponseTopic = responseTopic,
            CorrelationData = correlationData is null ? null : (ReadOnlyMemory<byte>?)correlationData,
            UserProperties = userProperties,
        };

    public static readonly Gen<Message> Any =
        from topic in Topic
        from payload in Gen.Byte.Array[0, 300]
        from qos in Gen.Enum<QualityOfService>()
        from retain in Gen.Bool
        from origin in Text
        from expiry in Gen.DateTimeOffset.Nullable()
        from properties in Properties.Null()
        select new Message
        {
            Topic = topic,
            Payload = payload,
            Qos = qos,
            Retain = retain,
            Origin = origin,
            ExpiresAt = expiry?.ToUniversalTime(),
            Properties = properties,
        };

    public static bool AreEqual(Message one, Message other) =>
        one with { Payload = default, Properties = null } == other with { Payload = default, Properties = null }
        && one.Payload.Span.SequenceEqual(other.Payload.Span)
        && one.Properties is null == other.Properties is null
        && (one.Properties is null || AreEqual(one.Properties, other.Properties!));

    private static bool AreEqual(MessageProperties one, MessageProperties other) =>
        (one.PayloadIsText, one.ContentType, one.ResponseTopic, one.CorrelationData.HasValue)
            == (other.PayloadIsText, other.ContentType, other.ResponseTopic, other.CorrelationData.HasValue)
        && one.CorrelationData.GetValueOrDefault().Span.SequenceEqual(other.CorrelationData.GetValueOrDefault().Span)
        && one.UserProperties.SequenceEqual(other.UserProperties);
}
