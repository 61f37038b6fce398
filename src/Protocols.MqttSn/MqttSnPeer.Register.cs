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

        if (_exchanges.Find(Awaited.RegAck) is not { } exchange || answer.MsgId != _registerMsgId)
        {
            return ParseError.OutOfSequence;
        }

        _isProven = true;
        if (_isQuestion)
        {
            // Whatever it thinks of the id, it has another name for the topic.
            (exchange.Awaited, exchange.Attempts) = (Awaited.ItsTurn, 0);
            return ParseError.None;
        }

        switch (answer.ReturnCode)
        {
            case MqttSnReturnCode.Accepted when _state == State.Asleep:
                Topics.SetConfirmed(_registerTopicId, isConfirmed: true);
                break;
            case MqttSnReturnCode.Accepted:
                Topics.SetConfirmed(_registerTopicId, isConfirmed: true);
                exchange.Attempts = 0;
                SendPublish(exchange, effects);
                break;
            case MqttSnReturnCode.Congestion when IsActive:
                TryLater(exchange);
                break;
            case not MqttSnReturnCode.Congestion:
                GiveUp(exchange, DropCause.Refused, effects);
                break;
        }

        return ParseError.None;
    }

    /// <summary>Tells the client the id of a topic, of one at a time (§6.5), or asks whether it receives. The message waits for REGACK.</summary>
    private void BeginRegister(OutgoingExchange exchange, IPeerEffects<MqttSnReply> effects, bool isQuestion = false)
    {
        if (_exchanges.Find(Awaited.RegAck) is null)
        {
            (_isQuestion, _registerMsgId) = (isQuestion, NextRegisterMsgId());
            SendRegister(exchange, effects);
            return;
        }

        if (!isQuestion)
        {
            AssignUnconfirmed(exchange.Delivery.Message!.Topic, effects);
        }

        exchange.Awaited = Awaited.ItsTurn;
    }

    private void SendRegister(OutgoingExchange exchange, IPeerEffects<MqttSnReply> effects)
    {
        var topic = exchange.Delivery.Message!.Topic;
        ReadOnlySpan<byte> name = Encoding.UTF8.GetBytes(topic.ToString());
        var isTooLarge = Register.SizeWith(name.Length) > _options.MaxDatagramSize;
        _registerTopicId = _isQuestion ? IdToAskWith(topic) : AssignUnconfirmed(topic, effects);
        if (isTooLarge && !_isQuestion)
        {
            GiveUp(exchange, DropCause.Oversize, effects);
            return;
        }

        if (isTooLarge || !Affords(Register.SizeWith(name.Length)))
        {
            (_isQuestion, _registerTopicId) = (true, Topics.IdFor(ShortQuestion));
            name = ShortQuestionInUtf8;
        }

        var isSent = SendUnasked(new Register { TopicId = _registerTopicId, MsgId = _registerMsgId, TopicName = name }, effects);
        Await(isSent ? Awaited.RegAck : Awaited.ItsTurn, exchange);
    }

    /// <summary>The id of a topic that the client does not know, as far as is known.</summary>
    private ushort AssignUnconfirmed(TopicName topic, IPeerEffects<MqttSnReply> effects)
    {
        var isNew = !Topics.Contains(topic);
        var topicId = Topics.Assign(topic);
        Topics.SetConfirmed(topicId, isConfirmed: false);
        if (isNew)
        {
            SaveNote(effects);
        }

        return topicId;
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
