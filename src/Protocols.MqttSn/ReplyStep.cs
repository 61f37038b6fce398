namespace Edge.Protocols.MqttSn;

/// <summary>What a peer answers when the broker has kept what it was to keep.</summary>
internal enum ReplyStep : byte
{
    Nothing,
    ConnAck,
    RegAck,
    Sleep,
    WillTopicUpd,
    WillMsgUpd,
}
