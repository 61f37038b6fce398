namespace Edge.Messaging;

/// <summary>Properties of a PUBLISH that travel with the message from publisher to receiver unaltered (MQTT 5.0 §3.3.2.3).</summary>
public sealed record MessageProperties
{
    /// <summary>True when the publisher says the payload is UTF-8 text, false when it says unspecified octets, null when it says nothing.</summary>
    public bool? PayloadIsText { get; init; }

    /// <summary>Content Type, such as a MIME type.</summary>
    public string? ContentType { get; init; }

    /// <summary>Response Topic of a request; a valid Topic Name.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>Correlation Data of a request; null when absent, which differs from empty.</summary>
    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>User Properties in the order sent; names may repeat ([MQTT-3.3.2-18]).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>Octets these properties count in queues and limits.</summary>
    public int Size
    {
        get
        {
            var size = (ContentType?.Length ?? 0) + (ResponseTopic?.Length ?? 0) + (CorrelationData?.Length ?? 0);
            foreach (var (name, value) in UserProperties)
            {
                size += name.Length + value.Length;
            }

            return size;
        }
    }
}
