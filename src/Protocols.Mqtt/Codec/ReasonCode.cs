namespace Edge.Protocols.Mqtt.Codec;

/// <summary>Reason Code (MQTT 5.0 §2.4). Earlier versions' return codes are translated by the codec, so that a peer speaks one vocabulary.</summary>
public enum ReasonCode : byte
{
    /// <summary>Success; also Normal disconnection and Granted QoS 0.</summary>
    Success = 0x00,

    /// <summary>Subscribed at QoS 1.</summary>
    GrantedQos1 = 0x01,

    /// <summary>Subscribed at QoS 2.</summary>
    GrantedQos2 = 0x02,

    /// <summary>The client goes and wants its Will published.</summary>
    DisconnectWithWillMessage = 0x04,

    /// <summary>Taken, but nobody subscribes to it.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>There was nothing to unsubscribe.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>The authentication goes on.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>The client authenticates again.</summary>
    ReAuthenticate = 0x19,

    /// <summary>Refused without a reason; also the only refusal that SUBACK has before MQTT 5.0.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The packet could not be parsed.</summary>
    MalformedPacket = 0x81,

    /// <summary>The packet was not allowed.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, but not accepted here.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>No such protocol version.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The ClientId is not accepted.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>User name or password is wrong.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>Not permitted.</summary>
    NotAuthorized = 0x87,

    /// <summary>The server is not available.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The server is busy.</summary>
    ServerBusy = 0x89,

    /// <summary>The client was banned.</summary>
    Banned = 0x8A,

    /// <summary>The server stops.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>Unknown or changed authentication method.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>Nothing came for one and a half times the Keep Alive.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>Another connection took the session.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The Topic Filter is not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The Topic Name is not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The Packet Identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The Packet Identifier is not known.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>More messages than Receive Maximum allows.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>Topic Alias 0, or greater than the maximum.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>Larger than Maximum Packet Size.</summary>
    PacketTooLarge = 0x95,

    /// <summary>Too many messages in a time.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit is reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>An operator ended the connection.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload is not what Payload Format Indicator says.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Retained messages are not kept.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The QoS is not supported.</summary>
    QosNotSupported = 0x9B,

    /// <summary>Use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>Shared subscriptions are not supported.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Too many connections in a time.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>The connection lasted as long as it may.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Subscription Identifiers are not supported.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Wildcards are not supported.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
