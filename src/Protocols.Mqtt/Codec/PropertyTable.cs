namespace Edge.Protocols.Mqtt.Codec;

/// <summary>One row of the table.</summary>
/// <param name="Kind">How it is coded.</param>
/// <param name="Places">Where it may stand.</param>
/// <param name="Min">Least number.</param>
/// <param name="Max">Greatest number.</param>
/// <param name="Repeats">Where it may stand more than once.</param>
internal readonly record struct PropertyRule(PropertyKind Kind, PacketSet Places, uint Min, uint Max, PacketSet Repeats);

/// <summary>Which property may stand where, with which values (MQTT 5.0 §2.2.2.2, table 2-4, and the sections of the packets).</summary>
internal static class PropertyTable
{
    private static readonly PropertyRule[] Rules = Build();

    /// <summary>The row of an identifier; of kind <see cref="PropertyKind.Unknown"/> when there is no such property.</summary>
    public static PropertyRule Find(byte id) => id < Rules.Length ? Rules[id] : default;

    private static PropertyRule[] Build()
    {
        var rules = new PropertyRule[64];

        // Topic Alias 0 is left to the peer, which has an answer of its own for it (Reason Code 0x94).
        Row(PropertyId.PayloadFormatIndicator, PropertyKind.Byte, PacketSet.Publish | PacketSet.Will, max: 1);
        Row(PropertyId.MessageExpiryInterval, PropertyKind.FourByte, PacketSet.Publish | PacketSet.Will);
        Row(PropertyId.ContentType, PropertyKind.Text, PacketSet.Publish | PacketSet.Will);
        Row(PropertyId.ResponseTopic, PropertyKind.Topic, PacketSet.Publish | PacketSet.Will);
        Row(PropertyId.CorrelationData, PropertyKind.Binary, PacketSet.Publish | PacketSet.Will);
        Row(PropertyId.SubscriptionIdentifier, PropertyKind.Variable, PacketSet.Publish | PacketSet.Subscribe, min: 1, repeats: PacketSet.Publish);
        Row(PropertyId.SessionExpiryInterval, PropertyKind.FourByte, PacketSet.Connect | PacketSet.ConnAck | PacketSet.Disconnect);
        Row(PropertyId.AssignedClientIdentifier, PropertyKind.Text, PacketSet.ConnAck);
        Row(PropertyId.ServerKeepAlive, PropertyKind.TwoByte, PacketSet.ConnAck);
        Row(PropertyId.AuthenticationMethod, PropertyKind.Text, PacketSet.Connect | PacketSet.ConnAck | PacketSet.Auth);
        Row(PropertyId.AuthenticationData, PropertyKind.Binary, PacketSet.Connect | PacketSet.ConnAck | PacketSet.Auth);
        Row(PropertyId.RequestProblemInformation, PropertyKind.Byte, PacketSet.Connect, max: 1);
        Row(PropertyId.WillDelayInterval, PropertyKind.FourByte, PacketSet.Will);
        Row(PropertyId.RequestResponseInformation, PropertyKind.Byte, PacketSet.Connect, max: 1);
        Row(PropertyId.ResponseInformation, PropertyKind.Text, PacketSet.ConnAck);
        Row(PropertyId.ServerReference, PropertyKind.Text, PacketSet.ConnAck | PacketSet.Disconnect);
        Row(PropertyId.ReasonString, PropertyKind.Text, PacketSet.ConnAck | PacketSet.Acks | PacketSet.Disconnect | PacketSet.Auth);
        Row(PropertyId.ReceiveMaximum, PropertyKind.TwoByte, PacketSet.Connect | PacketSet.ConnAck, min: 1);
        Row(PropertyId.TopicAliasMaximum, PropertyKind.TwoByte, PacketSet.Connect | PacketSet.ConnAck);
        Row(PropertyId.TopicAlias, PropertyKind.TwoByte, PacketSet.Publish);
        Row(PropertyId.MaximumQoS, PropertyKind.Byte, PacketSet.ConnAck, max: 1);
        Row(PropertyId.RetainAvailable, PropertyKind.Byte, PacketSet.ConnAck, max: 1);
        Row(PropertyId.UserProperty, PropertyKind.TextPair, PacketSet.Everywhere, repeats: PacketSet.Everywhere);
        Row(PropertyId.MaximumPacketSize, PropertyKind.FourByte, PacketSet.Connect | PacketSet.ConnAck, min: 1);
        Row(PropertyId.WildcardSubscriptionAvailable, PropertyKind.Byte, PacketSet.ConnAck, max: 1);
        Row(PropertyId.SubscriptionIdentifierAvailable, PropertyKind.Byte, PacketSet.ConnAck, max: 1);
        Row(PropertyId.SharedSubscriptionAvailable, PropertyKind.Byte, PacketSet.ConnAck, max: 1);
        return rules;

        void Row(PropertyId id, PropertyKind kind, PacketSet places, uint min = 0, uint max = uint.MaxValue, PacketSet repeats = PacketSet.Nowhere) =>
            rules[(int)id] = new PropertyRule(kind, places, min, max, repeats);
    }
}
