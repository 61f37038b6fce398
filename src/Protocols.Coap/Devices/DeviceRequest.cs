using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Edge.Messaging;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Devices;

/// <summary>A request to a device, as an application publishes it: by User Properties of MQTT 5.0, where there is one named <c>method</c>, else as JSON.</summary>
internal sealed record DeviceRequest
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Method; GET unless told.</summary>
    public CoapCode Method { get; private init; } = CoapCode.Get;

    /// <summary>Path and query as in a URI, such as <c>/sensors/temperature?unit=C</c>.</summary>
    public string Path { get; private init; } = "/";

    /// <summary>Body; empty for none.</summary>
    public ReadOnlyMemory<byte> Payload { get; private init; }

    /// <summary>Content-Format of the body; null for none.</summary>
    public ushort? ContentFormat { get; private init; }

    /// <summary>Content-Format wanted for the answer; null for any.</summary>
    public ushort? Accept { get; private init; }

    /// <summary>How long to wait for the answer.</summary>
    public TimeSpan Timeout { get; private init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the application knows its request by, as JSON; null for none.</summary>
    public string? Id { get; private init; }

    /// <summary>Whether it came as JSON, and is answered so.</summary>
    public bool IsJson { get; private init; }

    /// <summary>The message that asked.</summary>
    public required Message Message { get; init; }

    /// <summary>Reads a request.</summary>
    /// <param name="message">The message that asks.</param>
    /// <param name="request">The request; when it cannot be read, what is needed to say so.</param>
    /// <param name="why">What is wrong with it; null when nothing is.</param>
    public static bool TryRead(Message message, out DeviceRequest request, [NotNullWhen(false)] out string? why)
    {
        request = new DeviceRequest { Message = message, Payload = message.Payload };
        var properties = message.Properties?.UserProperties ?? [];
        if (properties.Any(property => property.Key == "method"))
        {
            (request, why) = (request with { ContentFormat = message.Properties?.ContentType is { } type ? Codec.ContentFormat.Of(type) : null }, null);
            foreach (var (name, value) in properties)
            {
                why ??= request.Set(name, value, out request);
            }

            return why is null;
        }

        request = request with { IsJson = true, Payload = default };
        return TryReadJson(message.Payload, ref request, out why);
    }

    private static bool TryReadJson(ReadOnlyMemory<byte> payload, ref DeviceRequest request, [NotNullWhen(false)] out string? why)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                why = "must be a JSON object, or have a User Property method";
                return false;
            }

            why = null;
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (member.Name is "id")
                {
                    request = request with { Id = member.Value.GetRawText() };
                }
                else if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                {
                    why ??= request.Set(member.Name, member.Value.ToString(), out request);
                }
                else
                {
                    why ??= $"{member.Name} must be a text or a number";
                }
            }

            // As EMQX has it: octets that are no text are in Base64.
            if (why is null && request.ContentFormat == Codec.ContentFormat.OctetStream)
            {
                var octets = new byte[request.Payload.Length];
                why = Convert.TryFromBase64Chars(Encoding.UTF8.GetString(request.Payload.Span), octets, out var length) ? null : "payload must be in Base64 where content_type is application/octet-stream";
                request = request with { Payload = octets.AsMemory(0, length) };
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            why = "must be JSON, or have a User Property method";
        }

        return why is null;
    }

    /// <summary>Takes one setting of the request; others than those that are known are passed over.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    private string? Set(string name, string value, out DeviceRequest request)
    {
        request = this;
        switch (name)
        {
            case "method":
                var method = value.ToUpperInvariant() switch
                {
                    "GET" => CoapCode.Get,
                    "POST" => CoapCode.Post,
                    "PUT" => CoapCode.Put,
                    "DELETE" => CoapCode.Delete,
                    "FETCH" => CoapCode.Fetch,
                    "PATCH" => CoapCode.Patch,
                    "IPATCH" => CoapCode.IPatch,
                    _ => CoapCode.Empty,
                };
                request = this with { Method = method };
                return method == CoapCode.Empty ? "method must be GET, POST, PUT, DELETE, FETCH, PATCH or iPATCH" : null;
            case "path":
                request = this with { Path = value };
                return null;
            case "payload" when IsJson:
                request = this with { Payload = Encoding.UTF8.GetBytes(value) };
                return null;
            case "content_type" or "content_format" when TryReadFormat(value, out var format):
                request = this with { ContentFormat = format };
                return null;
            case "accept" when TryReadFormat(value, out var format):
                request = this with { Accept = format };
                return null;
            case "content_type" or "content_format" or "accept":
                return $"{name} must be a media type such as application/json that has a Content-Format, or its number";
            case "timeout":
                var isNumber = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && seconds <= LongestTimeout.TotalSeconds;
                request = isNumber ? this with { Timeout = TimeSpan.FromSeconds(seconds) } : this;
                return isNumber ? null : $"timeout must be a number of seconds up to {LongestTimeout.TotalSeconds:0}";
            default:
                return null;
        }
    }

    private static bool TryReadFormat(string value, out ushort format)
    {
        var known = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Codec.ContentFormat.Of(value);
        format = known ?? 0;
        return known is not null;
    }
}
