using System.Text;
using System.Text.Json;
using Edge.Messaging;

namespace Edge.Serial.Lines;

/// <summary>Makes messages of lines.</summary>
/// <param name="options">How.</param>
internal sealed class LineReader(LineOptions options)
{
    private readonly TopicName _topic = TopicName.TryParse(options.Topic, out var topic) ? topic : default;
    private readonly bool _isTemplate = options.Topic.Contains(LineOptions.TopicPlace, StringComparison.Ordinal);

    /// <summary>Reads a line, which is UTF-8 and not empty.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="message">The message.</param>
    /// <param name="fault">What is wrong, as the rest of a sentence that begins with the line.</param>
    public bool TryRead(ReadOnlySpan<byte> line, out Message message, out string fault)
    {
        message = new Message { Topic = _topic, Payload = default, Qos = options.Qos, Retain = options.Retain };
        fault = "";
        if (options.Format == LineFormat.Plain)
        {
            message = message with { Payload = line.ToArray() };
            return true;
        }

        try
        {
            return TryReadJson(line, ref message, out fault);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The latter for an escape of half a character, such as "\ud800".
            fault = $"is no JSON: {broken.Message}";
            return false;
        }
    }

    private bool TryReadJson(ReadOnlySpan<byte> line, ref Message message, out string fault)
    {
        var reader = new Utf8JsonReader(line);
        string? topic = null;
        ReadOnlyMemory<byte>? payload = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            fault = "is no JSON object";
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString()!;
            reader.Read();
            switch (member)
            {
                case "topic" when reader.TokenType == JsonTokenType.String:
                    topic = reader.GetString();
                    break;
                case "payload":
                    payload = PayloadOf(ref reader, line);
                    break;
                case "qos" when reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out var qos) && qos <= 2:
                    message = message with { Qos = (QualityOfService)qos };
                    break;
                case "retain" when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                    message = message with { Retain = reader.GetBoolean() };
                    break;
                default:
                    fault = $"has a member \"{member}\" that is none of topic, payload, qos (0, 1, 2) and retain (true, false), or not of their kind";
                    return false;
            }
        }

        _ = reader.Read(); // What comes behind the object is no JSON, and throws.
        return TryComplete(topic, payload, ref message, out fault);
    }

    private bool TryComplete(string? topic, ReadOnlyMemory<byte>? payload, ref Message message, out string fault)
    {
        fault = payload is null ? "has no \"payload\"" : _isTemplate && topic is null ? "has no \"topic\"" : "";
        if (fault.Length > 0)
        {
            return false;
        }

        var place = _topic;
        if (_isTemplate && !TopicName.TryParse(options.Topic.Replace(LineOptions.TopicPlace, topic, StringComparison.Ordinal), out place))
        {
            fault = "has a \"topic\" that is no Topic Name";
            return false;
        }

        message = message with { Topic = place, Payload = payload!.Value };
        return true;
    }

    /// <summary>The text of a string, nothing for null, and anything else as it is written.</summary>
    private static ReadOnlyMemory<byte> PayloadOf(ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return Encoding.UTF8.GetBytes(reader.GetString()!);
            case JsonTokenType.Null:
                return default(ReadOnlyMemory<byte>);
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return line[start..(int)reader.BytesConsumed].ToArray();
        }
    }
}
