using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn;

/// <content>Client's connection setup, Clean Session and Will (MQTT-SN 1.2 §6.2 to §6.4).</content>
public sealed partial class MqttSnPeer
{
    /// <summary>What the CONNECT under way, or the one answered last, asked for.</summary>
    private Terms _terms;

    /// <summary>Whose session, Will and topic ids these are.</summary>
    private string _client = "";

    private TopicIdRegistry? _topics;
    private WillMessage? _will;
    private Message? _willTopic;

    private bool _hasSession;
    private int _connection;

    /// <summary>Nothing was heard since CONNACK, which may thus have been lost.</summary>
    private bool _isFresh;

    /// <summary>By the time the broker gives the session, nobody wants it any more.</summary>
    private bool _isAbandoned;

    private TopicIdRegistry Topics => _topics ??= new TopicIdRegistry(_known, _options.MaxTopicIds);

    /// <inheritdoc/>
    public void OnConnected(ConnectOutcome outcome, IPeerEffects<MqttSnReply> effects)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        _hasSession = outcome.Session is not null;
        if (_isAbandoned)
        {
            End(publishWill: false, effects);
        }
        else if (_hasSession)
        {
            _state = State.Connected;
            _isFresh = true;
            Send(new ConnAck(MqttSnReturnCode.Accepted), effects);
            WatchKeepAlive(effects);
        }
        else
        {
            _state = State.Idle;
            Send(new ConnAck(ToReturnCode(outcome.Refusal)), effects);
        }
    }

    private static MqttSnReturnCode ToReturnCode(ConnectRefusal refusal) => refusal switch
    {
        ConnectRefusal.QuotaExceeded or ConnectRefusal.Unavailable => MqttSnReturnCode.Congestion,
        _ => MqttSnReturnCode.NotSupported,
    };

    private ParseError OnConnect(in Connect connect, IPeerEffects<MqttSnReply> effects)
    {
        if (connect.ProtocolId != Connect.Version12 || !Utf8Text.TryDecode(connect.ClientId, out var clientId) || clientId.Length == 0)
        {
            Send(new ConnAck(MqttSnReturnCode.NotSupported), effects);
            return connect.ProtocolId != Connect.Version12 ? ParseError.UnsupportedVersion : ParseError.InvalidValue;
        }

        if (_state == State.Connecting)
        {
            return ParseError.None; // Sent again; the answer to the first is on its way.
        }

        var terms = new Terms(clientId, connect.CleanSession, connect.Will, connect.Duration);
        if (_isFresh && !terms.Will && terms == _terms)
        {
            Send(new ConnAck(MqttSnReturnCode.Accepted), effects);
            return ParseError.None;
        }

        if (_hasSession && clientId != _client)
        {
            // Another client now has this address, and the one that had it went without good-bye. DISCONNECT makes the other try again (§5.4.21).
            Lose(effects);
            return ParseError.OutOfSequence;
        }

        StopSending(effects);
        effects.Disarm(PeerTimer.KeepAlive);
        effects.Disarm(PeerTimer.Progress);
        _farewells = 0;
        _terms = terms;
        if (terms.Will)
        {
            AskForWill(State.WillTopicAwaited, effects);
        }
        else
        {
            Begin(effects);
        }

        return ParseError.None;
    }

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

    /// <summary>The broker takes a Will with the connection only, so what it holds cannot be changed later (§6.4).</summary>
    private ParseError OnWillTopicUpd(IPeerEffects<MqttSnReply> effects)
    {
        if (_state != State.Connected)
        {
            return NotConnected(effects);
        }

        Send(new WillTopicResp(MqttSnReturnCode.NotSupported), effects);
        return ParseError.None;
    }

    /// <inheritdoc cref="OnWillTopicUpd"/>
    private ParseError OnWillMsgUpd(IPeerEffects<MqttSnReply> effects)
    {
        if (_state != State.Connected)
        {
            return NotConnected(effects);
        }

        Send(new WillMsgResp(MqttSnReturnCode.NotSupported), effects);
        return ParseError.None;
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
            Send(new WillTopicReq(), effects);
        }
        else
        {
            Send(new WillMsgReq(), effects);
        }

        effects.Arm(PeerTimer.Retry, _options.RetryInterval);
    }

    /// <summary>Everything is known: asks the broker for the session.</summary>
    /// <remarks>A client that connects anew is there, so the Will of the session that it has is forgotten and not published.</remarks>
    private void Begin(IPeerEffects<MqttSnReply> effects)
    {
        effects.Disarm(PeerTimer.Retry);
        var (clientId, cleanSession, asksForWill, _) = _terms;
        var startsAnew = cleanSession || _client != clientId;
        if (startsAnew)
        {
            _topics?.Clear();
        }
        else
        {
            _topics?.DoubtAll();
        }

        _will = asksForWill || !startsAnew ? _will : null;
        _client = clientId;
        _connection++;
        _hasSession = false;
        _unanswered = 0;
        _isFresh = false;
        _isAbandoned = false;
        _state = State.Connecting;
        effects.Connect(new ConnectRequest
        {
            ClientId = clientId,
            CleanStart = cleanSession,
            SessionExpiry = cleanSession ? TimeSpan.Zero : _options.MaxSessionExpiry,
            ReceiveMaximum = 1, // At most one QoS 1 or 2 PUBLISH is outstanding towards a client (§6.10).
            Will = _will,
            Peer = _address,
            Protocol = "MQTT-SN 1.2",
            ProtocolLevel = Connect.Version12,
            KeepAlive = TimeSpan.FromSeconds(_terms.Duration),
        });
    }

    private readonly record struct Terms(string ClientId, bool CleanSession, bool Will, ushort Duration);
}
