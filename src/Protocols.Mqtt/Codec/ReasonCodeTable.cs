using static Edge.Protocols.Mqtt.Codec.ReasonCode;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>Which Reason Code may stand in which packet (MQTT 5.0 §2.4, table 2-6), and what earlier versions say instead.</summary>
internal static class ReasonCodeTable
{
    private static readonly PacketSet[] Packets = Build();

    /// <summary>MQTT 3.1.1 §3.2.2.3, by its number.</summary>
    private static ReadOnlySpan<ReasonCode> ConnectReturnCodes =>
        [Success, UnsupportedProtocolVersion, ClientIdentifierNotValid, ServerUnavailable, BadUserNameOrPassword, NotAuthorized];

    public static bool IsAllowed(ReasonCode code, PacketType type) => (Packets[(int)code] & (PacketSet)(1 << (int)type)) != 0;

    /// <summary>Reads a CONNACK code of MQTT 3.1 and 3.1.1.</summary>
    public static bool TryFromConnectReturnCode(byte octet, out ReasonCode code)
    {
        var known = octet < ConnectReturnCodes.Length;
        code = known ? ConnectReturnCodes[octet] : default;
        return known;
    }

    /// <summary>CONNACK code of MQTT 3.1 and 3.1.1. What they have no number for is "Server unavailable", or "Not authorized" for who may not come.</summary>
    public static byte ToConnectReturnCode(ReasonCode code) => ConnectReturnCodes.IndexOf(code) switch
    {
        >= 0 and var number => (byte)number,
        _ => code is Banned or BadAuthenticationMethod ? (byte)5 : (byte)3,
    };

    private static PacketSet[] Build()
    {
        const PacketSet PubAckOrRec = PacketSet.PubAck | PacketSet.PubRec;
        const PacketSet PubRelOrComp = PacketSet.PubRel | PacketSet.PubComp;
        const PacketSet Ends = PacketSet.ConnAck | PacketSet.Disconnect;

        var packets = new PacketSet[256];
        packets[(int)Success] = PacketSet.ConnAck | PacketSet.Acks | PacketSet.Disconnect | PacketSet.Auth;
        packets[(int)GrantedQos1] = PacketSet.SubAck;
        packets[(int)GrantedQos2] = PacketSet.SubAck;
        packets[(int)DisconnectWithWillMessage] = PacketSet.Disconnect;
        packets[(int)NoMatchingSubscribers] = PubAckOrRec;
        packets[(int)NoSubscriptionExisted] = PacketSet.UnsubAck;
        packets[(int)ContinueAuthentication] = PacketSet.Auth;
        packets[(int)ReAuthenticate] = PacketSet.Auth;
        packets[(int)UnspecifiedError] = Ends | PubAckOrRec | PacketSet.SubAck | PacketSet.UnsubAck;
        packets[(int)MalformedPacket] = Ends;
        packets[(int)ProtocolError] = Ends;
        packets[(int)ImplementationSpecificError] = Ends | PubAckOrRec | PacketSet.SubAck | PacketSet.UnsubAck;
        packets[(int)UnsupportedProtocolVersion] = PacketSet.ConnAck;
        packets[(int)ClientIdentifierNotValid] = PacketSet.ConnAck;
        packets[(int)BadUserNameOrPassword] = PacketSet.ConnAck;
        packets[(int)NotAuthorized] = Ends | PubAckOrRec | PacketSet.SubAck | PacketSet.UnsubAck;
        packets[(int)ServerUnavailable] = PacketSet.ConnAck;
        packets[(int)ServerBusy] = Ends;
        packets[(int)Banned] = PacketSet.ConnAck;
        packets[(int)ServerShuttingDown] = PacketSet.Disconnect;
        packets[(int)BadAuthenticationMethod] = Ends;
        packets[(int)KeepAliveTimeout] = PacketSet.Disconnect;
        packets[(int)SessionTakenOver] = PacketSet.Disconnect;
        packets[(int)TopicFilterInvalid] = PacketSet.SubAck | PacketSet.UnsubAck | PacketSet.Disconnect;
        packets[(int)TopicNameInvalid] = Ends | PubAckOrRec;
        packets[(int)PacketIdentifierInUse] = PubAckOrRec | PacketSet.SubAck | PacketSet.UnsubAck;
        packets[(int)PacketIdentifierNotFound] = PubRelOrComp;
        packets[(int)ReceiveMaximumExceeded] = PacketSet.Disconnect;
        packets[(int)TopicAliasInvalid] = PacketSet.Disconnect;
        packets[(int)PacketTooLarge] = Ends;
        packets[(int)MessageRateTooHigh] = PacketSet.Disconnect;
        packets[(int)QuotaExceeded] = Ends | PubAckOrRec | PacketSet.SubAck;
        packets[(int)AdministrativeAction] = PacketSet.Disconnect;
        packets[(int)PayloadFormatInvalid] = Ends | PubAckOrRec;
        packets[(int)RetainNotSupported] = Ends;
        packets[(int)QosNotSupported] = Ends;
        packets[(int)UseAnotherServer] = Ends;
        packets[(int)ServerMoved] = Ends;
        packets[(int)SharedSubscriptionsNotSupported] = PacketSet.SubAck | PacketSet.Disconnect;
        packets[(int)ConnectionRateExceeded] = Ends;
        packets[(int)MaximumConnectTime] = PacketSet.Disconnect;
        packets[(int)SubscriptionIdentifiersNotSupported] = PacketSet.SubAck | PacketSet.Disconnect;
        packets[(int)WildcardSubscriptionsNotSupported] = PacketSet.SubAck | PacketSet.Disconnect;
        return packets;
    }
}
