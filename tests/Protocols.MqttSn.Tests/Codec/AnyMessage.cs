using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn.Tests.Codec;

/// <summary>Puts a datagram through the codec of whichever message it is.</summary>
internal static class AnyMessage
{
    /// <summary>Parses and, when that goes well, writes again into <paramref name="written"/>.</summary>
    /// <returns>None and the octets written, or the reason and 0.</returns>
    public static (ParseError Error, int Size) RoundTrip(ReadOnlySpan<byte> datagram, Span<byte> written)
    {
        if (!MqttSnFrame.TryParse(datagram, out var type, out var body, out var error))
        {
            return (error, 0);
        }

        return type switch
        {
            MqttSnMessageType.Advertise => RoundTrip<Advertise>(ref body, written),
            MqttSnMessageType.SearchGw => RoundTrip<SearchGw>(ref body, written),
            MqttSnMessageType.GwInfo => RoundTrip<GwInfo>(ref body, written),
            MqttSnMessageType.Connect => RoundTrip<Connect>(ref body, written),
            MqttSnMessageType.ConnAck => RoundTrip<ConnAck>(ref body, written),
            MqttSnMessageType.WillTopicReq => RoundTrip<WillTopicReq>(ref body, written),
            MqttSnMessageType.WillTopic => RoundTrip<WillTopic>(ref body, written),
            MqttSnMessageType.WillMsgReq => RoundTrip<WillMsgReq>(ref body, written),
            MqttSnMessageType.WillMsg => RoundTrip<WillMsg>(ref body, written),
            MqttSnMessageType.Register => RoundTrip<Register>(ref body, written),
            MqttSnMessageType.RegAck => RoundTrip<RegAck>(ref body, written),
            MqttSnMessageType.Publish => RoundTrip<Publish>(ref body, written),
            MqttSnMessageType.PubAck => RoundTrip<PubAck>(ref body, written),
            MqttSnMessageType.PubComp => RoundTrip<PubComp>(ref body, written),
            MqttSnMessageType.PubRec => RoundTrip<PubRec>(ref body, written),
            MqttSnMessageType.PubRel => RoundTrip<PubRel>(ref body, written),
            MqttSnMessageType.Subscribe => RoundTrip<Subscribe>(ref body, written),
            MqttSnMessageType.SubAck => RoundTrip<SubAck>(ref body, written),
            MqttSnMessageType.Unsubscribe => RoundTrip<Unsubscribe>(ref body, written),
            MqttSnMessageType.UnsubAck => RoundTrip<UnsubAck>(ref body, written),
            MqttSnMessageType.PingReq => RoundTrip<PingReq>(ref body, written),
            MqttSnMessageType.PingResp => RoundTrip<PingResp>(ref body, written),
            MqttSnMessageType.Disconnect => RoundTrip<Disconnect>(ref body, written),
            MqttSnMessageType.WillTopicUpd => RoundTrip<WillTopicUpd>(ref body, written),
            MqttSnMessageType.WillTopicResp => RoundTrip<WillTopicResp>(ref body, written),
            MqttSnMessageType.WillMsgUpd => RoundTrip<WillMsgUpd>(ref body, written),
            MqttSnMessageType.WillMsgResp => RoundTrip<WillMsgResp>(ref body, written),
            MqttSnMessageType.Encapsulated => RoundTripEncapsulated(datagram, written),
            _ => (ParseError.UnknownType, 0),
        };
    }

    /// <summary>Parses one message of a known type.</summary>
    public static bool TryParse<TMessage>(ReadOnlySpan<byte> datagram, out TMessage message)
        where TMessage : struct, IMqttSnMessage<TMessage>, allows ref struct
    {
        message = default;
        return MqttSnFrame.TryParse(datagram, out var type, out var body, out _)
            && type == TMessage.Type
            && TMessage.TryParse(ref body, out message, out _);
    }

    private static (ParseError Error, int Size) RoundTrip<TMessage>(scoped ref WireReader body, Span<byte> written)
        where TMessage : struct, IMqttSnMessage<TMessage>, allows ref struct
    {
        if (!TMessage.TryParse(ref body, out var message, out var error))
        {
            return (error, 0);
        }

        message.Write(written);
        return (error, message.Size);
    }

    private static (ParseError Error, int Size) RoundTripEncapsulated(ReadOnlySpan<byte> datagram, Span<byte> written)
    {
        if (!Encapsulated.TryParse(datagram, out var message, out var error))
        {
            return (error, 0);
        }

        message.Write(written);
        return (error, message.Size);
    }
}
