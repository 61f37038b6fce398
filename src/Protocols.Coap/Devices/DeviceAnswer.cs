using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Edge.Messaging;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Devices;

/// <summary>What came of a request to a device.</summary>
/// <param name="Code">Code of the device's response; null when there was none.</param>
/// <param name="Error">Why there was none.</param>
internal readonly record struct DeviceAnswer(CoapCode? Code, string? Error = null)
{
    /// <summary>Quotation marks in payloads stay readable; no browser sees them.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Content-Format of the body; null when the device said none.</summary>
    public ushort? ContentFormat { get; init; }

    /// <summary>The whole body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The message for who asked, in the form in which he did: to the Response Topic of his message, else to the one given.</summary>
    public Message ToMessage(DeviceRequest request, TopicName topic)
    {
        var asked = request.Message.Properties;
        var mediaType = ContentFormat is { } format ? Codec.ContentFormat.MediaTypeOf(format) : null;
        return new Message
        {
            Topic = asked?.ResponseTopic is { } wanted && TopicName.TryParse(wanted, out var name) ? name : topic,
            Payload = request.IsJson ? ToJson(request, mediaType) : Body,
            Qos = QualityOfService.AtLeastOnce,
            Properties = new MessageProperties
            {
                ContentType = request.IsJson ? "application/json" : mediaType,
                CorrelationData = asked?.CorrelationData,
                UserProperties = request.IsJson ? [] : [Code is { } code ? new("code", code.ToString()) : new("error", Error!)],
            },
        };
    }

    private byte[] ToJson(DeviceRequest request, string? mediaType)
    {
        using var octets = new MemoryStream();
        using (var json = new Utf8JsonWriter(octets, Readable))
        {
            json.WriteStartObject();
            if (request.Id is { } id)
            {
                json.WritePropertyName("id");
                json.WriteRawValue(id);
            }

            json.WriteString("path", request.Path);
            if (Code is not { } code)
            {
                json.WriteString("error", Error);
            }
            else
            {
                json.WriteString("code", code.ToString());
                WriteBody(json, mediaType);
            }

            json.WriteEndObject();
        }

        return octets.ToArray();
    }

    private void WriteBody(Utf8JsonWriter json, string? mediaType)
    {
        if (mediaType is not null)
        {
            json.WriteString("content_type", mediaType);
        }

        if (ContentFormat != Codec.ContentFormat.OctetStream && Utf8.IsValid(Body.Span))
        {
            json.WriteString("payload", Encoding.UTF8.GetString(Body.Span));
        }
        else
        {
            json.WriteString("encoding", "base64");
            json.WriteBase64String("payload", Body.Span);
        }
    }
}
