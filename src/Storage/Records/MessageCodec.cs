using System.Diagnostics.CodeAnalysis;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Storage.Records;

/// <summary>A message as it is kept.</summary>
/// <remarks>
/// <code>
/// flags | topic, prefixed | [origin, prefixed] | [expiry, UTC ticks] | [properties] | payload
///   1   |     2 + n       |      2 + n         |         8           |      n       |    n     octets
/// </code>
/// </remarks>
internal static class MessageCodec
{
    [Flags]
    private enum Parts : byte
    {
        QosMask = 0b11,
        Retain = 0x04,
        Origin = 0x08,
        Expiry = 0x10,
        Properties = 0x20,
        Known = 0x3F,
    }

    public static int SizeOf(Message message) =>
        1 + 2 + Encoding.UTF8.GetByteCount(message.Topic.ToString())
        + (message.Origin.Length == 0 ? 0 : 2 + Encoding.UTF8.GetByteCount(message.Origin))
        + (message.ExpiresAt is null ? 0 : sizeof(long))
        + (message.Properties is null ? 0 : PropertiesCodec.SizeOf(message.Properties))
        + message.Payload.Length;

    public static void Write(ref WireWriter writer, Message message)
    {
        writer.WriteByte((byte)PartsOf(message));
        writer.WritePrefixed(message.Topic.ToString());
        if (message.Origin.Length > 0)
        {
            writer.WritePrefixed(message.Origin);
        }

        if (message.ExpiresAt is { } expiry)
        {
            Instant.Write(ref writer, expiry);
        }

        if (message.Properties is not null)
        {
            PropertiesCodec.Write(ref writer, message.Properties);
        }

        writer.WriteBytes(message.Payload.Span);
    }

    /// <summary>Reads a message that ends where the reader does. The payload is copied.</summary>
    public static bool TryRead(scoped ref WireReader reader, [NotNullWhen(true)] out Message? message)
    {
        var parts = (Parts)reader.ReadByte();
        var topicIsValid = TopicName.TryParse(reader.ReadPrefixed(), out var topic);
        var origin = "";
        var originIsValid = !parts.HasFlag(Parts.Origin) || Utf8Text.TryDecode(reader.ReadPrefixed(), out origin);
        var expiry = parts.HasFlag(Parts.Expiry) ? Instant.Read(ref reader) : null;
        MessageProperties? properties = null;
        var propertiesAreValid = !parts.HasFlag(Parts.Properties) || PropertiesCodec.TryRead(ref reader, out properties);
        var isValid = topicIsValid && originIsValid && propertiesAreValid && !reader.IsTruncated
            && parts.HasFlag(Parts.Expiry) == expiry.HasValue
            && (parts & ~Parts.Known) == 0
            && (parts & Parts.QosMask) != Parts.QosMask;
        message = isValid
            ? new Message
            {
                Topic = topic,
                Payload = reader.ReadToEnd().ToArray(),
                Qos = (QualityOfService)(parts & Parts.QosMask),
                Retain = parts.HasFlag(Parts.Retain),
                ExpiresAt = expiry,
                Properties = properties,
                Origin = origin!,
            }
            : null;
        return isValid;
    }

    private static Parts PartsOf(Message message) =>
        (Parts)message.Qos
        | (message.Retain ? Parts.Retain : 0)
        | (message.Origin.Length == 0 ? 0 : Parts.Origin)
        | (message.ExpiresAt is null ? 0 : Parts.Expiry)
        | (message.Properties is null ? 0 : Parts.Properties);
}
