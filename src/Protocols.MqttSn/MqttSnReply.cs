using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <summary>What an <see cref="MqttSnPeer"/> must remember to answer a request once the broker has. Means nothing to others.</summary>
public readonly record struct MqttSnReply
{
    internal ushort TopicId { get; init; }

    internal ushort MsgId { get; init; }

    internal MqttSnQos Qos { get; init; }

    /// <summary>What is to be answered when something is kept.</summary>
    internal ReplyStep Step { get; init; }

    /// <summary>Which connection asked: an answer to an earlier one must not acknowledge a message of this one.</summary>
    internal int Connection { get; init; }
}
