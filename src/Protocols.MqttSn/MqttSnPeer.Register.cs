using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <content>Topic name registration, both ways (MQTT-SN 1.2 §6.5).</content>
public sealed partial class MqttSnPeer
{
    private ushort _registerTopicId;
    private ushort _registerMsgId;

    private ParseError OnRegister(in Register register, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsActive)
        {
            return NotConnected(effects);
        }

        if (!TopicName.TryParse(register.TopicName, out var topic))
        {
            Send(new RegAck(TopicId: 0, register.MsgId, MqttSnReturnCode.NotSupported), effects);
            return ParseError.InvalidTopic;
        }

        var isNew = !Topics.Contains(topic);
        var topicId = Topics.Assign(topic);
        Topics.SetConfirmed(topicId, isConfirmed: true);
        if (isNew)
        {
            // The client will use the id after a restart too.
            effects.Note(WriteNote(), NewReply(ReplyStep.RegAck) with { TopicId = topicId, MsgId = register.MsgId });
        }
        else
        {
            Send(new RegAck(topicId, register.MsgId, MqttSnReturnCode.Accepted), effects);
        }

        return ParseError.None;
    }

    private ParseError OnRegAck(RegAck answer, IPeerEffects<MqttSnReply> effects)
    {
        if (!MayAcknowledge)
        {
            return NotConnected(effects);
        }

        if (_awaited != Awaited.RegAck || answer.MsgId != _registerMsgId)
        {
            return ParseError.OutOfSequence;
        }

        switch (answer.ReturnCode)
        {
            case MqttSnReturnCode.Accepted when _state == State.Asleep:
                Topics.SetConfirmed(_registerTopicId, isConfirmed: true);
                break;
            case MqttSnReturnCode.Accepted:
                Topics.SetConfirmed(_registerTopicId, isConfirmed: true);
                _attempts = 0;
                SendPublish(effects);
                break;
            case MqttSnReturnCode.Congestion when IsActive:
                TryLater(effects);
                break;
            case not MqttSnReturnCode.Congestion:
                GiveUp(DropCause.Refused, effects);
                break;
        }

        return ParseError.None;
    }

    /// <summary>Tells the client the id of a topic. The message waits for REGACK.</summary>
    private void BeginRegister(IPeerEffects<MqttSnReply> effects)
    {
        _registerMsgId = (ushort)((_registerMsgId % ushort.MaxValue) + 1);
        SendRegister(effects);
    }

    private void SendRegister(IPeerEffects<MqttSnReply> effects)
    {
        var topic = _delivery.Message!.Topic;
        var name = Encoding.UTF8.GetBytes(topic.ToString());
        var isNew = !Topics.Contains(topic);
        var register = new Register { TopicId = Topics.Assign(topic), MsgId = _registerMsgId, TopicName = name };
        if (register.Size > _options.MaxDatagramSize)
        {
            GiveUp(DropCause.Oversize, effects);
            return;
        }

        Topics.SetConfirmed(register.TopicId, isConfirmed: false);
        _registerTopicId = register.TopicId;
        if (isNew)
        {
            SaveNote(effects);
        }

        Send(register, effects);
        Await(Awaited.RegAck, effects);
    }

    /// <summary>The client does not know a topic id used in a PUBLISH at QoS 0: the next one is preceded by REGISTER.</summary>
    private void Doubt(ushort topicId)
    {
        if (_known.TryGetPredefined(topicId, out var topic))
        {
            Topics.Assign(topic);
        }
        else
        {
            Topics.SetConfirmed(topicId, isConfirmed: false);
        }
    }
}
