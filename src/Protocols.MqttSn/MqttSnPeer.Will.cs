using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <content>The Will: asked for at connection setup, and updated later (MQTT-SN 1.2 §6.2 to §6.4).</content>
public sealed partial class MqttSnPeer
{
    private WillMessage? _will;
    private Message? _willTopic;

    /// <summary>What the Will is to be, once the broker agrees.</summary>
    private WillMessage? _changedWill;
    private bool _isChangingWill;

    private ParseError OnWillTopic(in WillTopic will, IPeerEffects<MqttSnReply> effects)
    {
        if (_state is not (State.WillTopicAwaited or State.WillMsgAwaited))
        {
            return NotConnected(effects);
        }

        if (will.Topic.IsEmpty)
        {
            _will = null;
            Begin(effects);
        }
        else if (will.Qos == MqttSnQos.MinusOne || !TopicName.TryParse(will.Topic, out var topic))
        {
            Send(new ConnAck(MqttSnReturnCode.NotSupported), effects);
            End(publishWill: true, effects);
            return ParseError.InvalidTopic;
        }
        else
        {
            _willTopic = new Message { Topic = topic, Payload = default, Qos = ToMqtt(will.Qos), Retain = will.Retain };
            AskForWill(State.WillMsgAwaited, effects);
        }

        return ParseError.None;
    }

    private ParseError OnWillMsg(in WillMsg will, IPeerEffects<MqttSnReply> effects)
    {
        if (_state == State.WillMsgAwaited)
        {
            _will = new WillMessage(_willTopic! with { Payload = will.Message.ToArray() });
            Begin(effects);
        }
        else if (_isFresh && _terms.Will)
        {
            Send(new ConnAck(MqttSnReturnCode.Accepted), effects);
        }
        else if (_state != State.Connecting)
        {
            return NotConnected(effects);
        }

        return ParseError.None;
    }

    /// <summary>Another topic for the Will, whose message stays; without a topic the Will is deleted (§6.4).</summary>
    private ParseError OnWillTopicUpd(in WillTopicUpd update, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsActive)
        {
            return NotConnected(effects);
        }

        var topic = default(TopicName);
        if (!update.Topic.IsEmpty && (update.Qos == MqttSnQos.MinusOne || !TopicName.TryParse(update.Topic, out topic)))
        {
            Send(new WillTopicResp(MqttSnReturnCode.NotSupported), effects);
            return ParseError.InvalidTopic;
        }

        var changed = update.Topic.IsEmpty ? null : new WillMessage(new Message
        {
            Topic = topic,
            Payload = _will?.Message.Payload ?? default,
            Qos = ToMqtt(update.Qos),
            Retain = update.Retain,
        });
        ChangeWill(changed, ReplyStep.WillTopicUpd, effects);
        return ParseError.None;
    }

    /// <summary>Another message for the Will, of which there must be one.</summary>
    private ParseError OnWillMsgUpd(in WillMsgUpd update, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsActive)
        {
            return NotConnected(effects);
        }

        if (_will is null)
        {
            Send(new WillMsgResp(MqttSnReturnCode.NotSupported), effects);
            return ParseError.OutOfSequence;
        }

        ChangeWill(new WillMessage(_will.Message with { Payload = update.Message.ToArray() }), ReplyStep.WillMsgUpd, effects);
        return ParseError.None;
    }

    private void ChangeWill(WillMessage? will, ReplyStep step, IPeerEffects<MqttSnReply> effects)
    {
        if (!_isChangingWill)
        {
            _isChangingWill = true;
            _changedWill = will;
            effects.ChangeWill(will, NewReply(step));
        }
    }

    private void OnWillChanged(bool isAccepted, IPeerEffects<MqttSnReply> effects)
    {
        _isChangingWill = false;
        if (isAccepted)
        {
            _will = _changedWill;
            SaveNote(effects);
        }
    }

    private void AskForWill(State next, IPeerEffects<MqttSnReply> effects)
    {
        _state = next;
        _attempts = 0;
        AskForWill(effects);
    }

    private void AskForWill(IPeerEffects<MqttSnReply> effects)
    {
        if (_state == State.WillTopicAwaited)
        {
            SendUnasked(new WillTopicReq(), effects);
        }
        else
        {
            SendUnasked(new WillMsgReq(), effects);
        }

        effects.Arm(PeerTimer.Retry, _options.RetryInterval);
    }
}
