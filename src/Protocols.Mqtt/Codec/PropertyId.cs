namespace Edge.Protocols.Mqtt.Codec;

/// <summary>Property Identifier (MQTT 5.0 §2.2.2.2). What may stand where is in <c>PropertyTable</c>.</summary>
public enum PropertyId : byte
{
    /// <summary>No property.</summary>
    None = 0x00,

    /// <summary>Whether the payload is UTF-8 text.</summary>
    PayloadFormatIndicator = 0x01,

    /// <summary>Seconds until the message is not worth delivering.</summary>
    MessageExpiryInterval = 0x02,

    /// <summary>Description of the payload, such as a MIME type.</summary>
    ContentType = 0x03,

    /// <summary>Topic Name for the answer to a request.</summary>
    ResponseTopic = 0x08,

    /// <summary>Octets that tell which request an answer belongs to.</summary>
    CorrelationData = 0x09,

    /// <summary>Number that a subscription was given.</summary>
    SubscriptionIdentifier = 0x0B,

    /// <summary>Seconds that the session outlives its connection; 0xFFFFFFFF for ever.</summary>
    SessionExpiryInterval = 0x11,

    /// <summary>ClientId that the server chose.</summary>
    AssignedClientIdentifier = 0x12,

    /// <summary>Keep Alive that the server wants, in seconds.</summary>
    ServerKeepAlive = 0x13,

    /// <summary>Name of the enhanced authentication.</summary>
    AuthenticationMethod = 0x15,

    /// <summary>Data of the enhanced authentication.</summary>
    AuthenticationData = 0x16,

    /// <summary>Whether reason strings and user properties may come with refusals.</summary>
    RequestProblemInformation = 0x17,

    /// <summary>Seconds between the end of the connection and the Will.</summary>
    WillDelayInterval = 0x18,

    /// <summary>Whether the client asks for Response Information.</summary>
    RequestResponseInformation = 0x19,

    /// <summary>Base of response topics.</summary>
    ResponseInformation = 0x1A,

    /// <summary>Another server to use.</summary>
    ServerReference = 0x1C,

    /// <summary>Text for people about a refusal.</summary>
    ReasonString = 0x1F,

    /// <summary>QoS 1 and 2 messages taken before the first is acknowledged.</summary>
    ReceiveMaximum = 0x21,

    /// <summary>Greatest Topic Alias taken.</summary>
    TopicAliasMaximum = 0x22,

    /// <summary>Number in place of a Topic Name.</summary>
    TopicAlias = 0x23,

    /// <summary>Highest QoS that the server takes.</summary>
    MaximumQoS = 0x24,

    /// <summary>Whether the server keeps retained messages.</summary>
    RetainAvailable = 0x25,

    /// <summary>Name and value with no meaning to MQTT.</summary>
    UserProperty = 0x26,

    /// <summary>Largest packet taken, in octets.</summary>
    MaximumPacketSize = 0x27,

    /// <summary>Whether the server takes wildcards.</summary>
    WildcardSubscriptionAvailable = 0x28,

    /// <summary>Whether the server takes Subscription Identifiers.</summary>
    SubscriptionIdentifierAvailable = 0x29,

    /// <summary>Whether the server takes shared subscriptions.</summary>
    SharedSubscriptionAvailable = 0x2A,
}
