using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn;

/// <summary>One node that speaks MQTT-SN 1.2, as the gateway sees it (MQTT-SN 1.2 §6). A node is what sends from one address.</summary>
/// <remarks>
/// <para>A peer that has no session, awaits none and has no timer armed holds nothing and may be forgotten; so may one that asked to close.</para>
/// <para>Frames that are malformed leave no trace but <see cref="IPeerEffects{TReply}.Refuse"/>: anyone may send them in the node's name.</para>
/// </remarks>
public sealed partial class MqttSnPeer : IPeer<MqttSnReply>
{
    private readonly MqttSnOptions _options;
    private readonly KnownTopics _knownToAll;
    private readonly string _address;

    private State _state;

    /// <param name="options">Settings of the gateway.</param>
    /// <param name="known">Topics that need no registration; one for all peers.</param>
    /// <param name="address">Where the node is, for logs and rules, such as <c>192.0.2.7:50123</c>.</param>
    /// <param name="isProven">Whether it is certain that the node receives there; else it has to show it before more goes there than it pays for.</param>
    public MqttSnPeer(MqttSnOptions options, KnownTopics known, string address, bool isProven = true)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(known);
        _options = options;
        _knownToAll = known;
        _known = known;
        _address = address;
        _exchanges = new OutgoingExchanges(options.MaxInflight);
        _isProven = isProven;
    }

    private enum State : byte
    {
        /// <summary>Not connected.</summary>
        Idle,
        WillTopicAwaited,
        WillMsgAwaited,

        /// <summary>The broker was asked for a session.</summary>
        Connecting,
        Connected,

        /// <summary>Nothing is sent until PINGREQ asks for it.</summary>
        Asleep,

        /// <summary>What waits is sent, then PINGRESP.</summary>
        Awake,

        /// <summary>Another client has its address; it has a session, and is out of reach.</summary>
        Astray,
    }

    /// <inheritdoc/>
    public bool WantsDelivery => IsActive && !_exchanges.IsFull && !_exchanges.HasRegistration;

    /// <summary>Whether the client may ask for anything.</summary>
    private bool IsActive => _state is State.Connected or State.Awake;

    /// <summary>Whether it may acknowledge what was sent. One that has just fallen asleep may yet have something on the way.</summary>
    private bool MayAcknowledge => IsActive || _state == State.Asleep;

    /// <inheritdoc/>
    public void OnFrame(ReadOnlySpan<byte> frame, IPeerEffects<MqttSnReply> effects)
    {
        Earn(frame.Length);
        if (MqttSnFrame.TryParse(frame, out var type, out var body, out var error))
        {
            error = Take(type, ref body, effects);
        }

        if (error != ParseError.None)
        {
            effects.Refuse(error, frame.Length);
        }

        // While it sleeps, only what is certainly its own prolongs the sleep.
        if (error == ParseError.None ? MayAcknowledge : error == ParseError.OutOfSequence && _state == State.Connected)
        {
            _isFresh &= type is MqttSnMessageType.Connect or MqttSnMessageType.WillMsg;
            WatchKeepAlive(effects);
        }

        GoOn(effects);
    }

    /// <inheritdoc/>
    public void OnTimer(PeerTimer timer, IPeerEffects<MqttSnReply> effects)
    {
        switch (timer)
        {
            case PeerTimer.KeepAlive when _hasSession:
                Lose(effects);
                break;
            case PeerTimer.Retry:
                Retry(effects);
                break;
            case PeerTimer.Progress:
                _farewells = 0;
                _released = default;
                break;
        }
    }

    private static void Send<TMessage>(TMessage message, IPeerEffects<MqttSnReply> effects)
        where TMessage : struct, IMqttSnMessage<TMessage>, allows ref struct => message.Write(effects.Send(message.Size));

    private ParseError Take(MqttSnMessageType type, scoped ref WireReader body, IPeerEffects<MqttSnReply> effects)
    {
        ParseError error;
        return type switch
        {
            MqttSnMessageType.Publish => Publish.TryParse(ref body, out var m, out error) ? OnPublish(m, effects) : error,
            MqttSnMessageType.PubAck => PubAck.TryParse(ref body, out var m, out error) ? OnPubAck(m, effects) : error,
            MqttSnMessageType.PubRec => PubRec.TryParse(ref body, out var m, out error) ? OnPubRec(m, effects) : error,
            MqttSnMessageType.PubRel => PubRel.TryParse(ref body, out var m, out error) ? OnPubRel(m, effects) : error,
            MqttSnMessageType.PubComp => PubComp.TryParse(ref body, out var m, out error) ? OnPubComp(m, effects) : error,
            MqttSnMessageType.PingReq => PingReq.TryParse(ref body, out var m, out error) ? OnPingReq(m, effects) : error,
            MqttSnMessageType.Register => Register.TryParse(ref body, out var m, out error) ? OnRegister(m, effects) : error,
            MqttSnMessageType.RegAck => RegAck.TryParse(ref body, out var m, out error) ? OnRegAck(m, effects) : error,
            MqttSnMessageType.Subscribe => Subscribe.TryParse(ref body, out var m, out error) ? OnSubscribe(m, effects) : error,
            MqttSnMessageType.Unsubscribe => Unsubscribe.TryParse(ref body, out var m, out error) ? OnUnsubscribe(m, effects) : error,
            MqttSnMessageType.Connect => Connect.TryParse(ref body, out var m, out error) ? OnConnect(m, effects) : error,
            MqttSnMessageType.WillTopic => WillTopic.TryParse(ref body, out var m, out error) ? OnWillTopic(m, effects) : error,
            MqttSnMessageType.WillMsg => WillMsg.TryParse(ref body, out var m, out error) ? OnWillMsg(m, effects) : error,
            MqttSnMessageType.WillTopicUpd => WillTopicUpd.TryParse(ref body, out var m, out error) ? OnWillTopicUpd(m, effects) : error,
            MqttSnMessageType.WillMsgUpd => WillMsgUpd.TryParse(ref body, out var m, out error) ? OnWillMsgUpd(m, effects) : error,
            MqttSnMessageType.Disconnect => Disconnect.TryParse(ref body, out var m, out error) ? OnDisconnect(m, effects) : error,
            MqttSnMessageType.SearchGw => SearchGw.TryParse(ref body, out _, out error) ? OnSearchGw(effects) : error,

            // What other gateways broadcast is no concern of this one.
            MqttSnMessageType.Advertise => Advertise.TryParse(ref body, out _, out error) ? ParseError.None : error,
            MqttSnMessageType.GwInfo => GwInfo.TryParse(ref body, out _, out error) ? ParseError.None : error,

            // Answers to questions that this gateway did not ask are never answered: two gateways could keep each other busy.
            MqttSnMessageType.PingResp => PingResp.TryParse(ref body, out _, out error) ? ParseError.OutOfSequence : error,
            MqttSnMessageType.ConnAck or MqttSnMessageType.WillTopicReq or MqttSnMessageType.WillMsgReq or MqttSnMessageType.SubAck
                or MqttSnMessageType.UnsubAck or MqttSnMessageType.WillTopicResp or MqttSnMessageType.WillMsgResp => ParseError.OutOfSequence,
            _ => ParseError.UnknownType,
        };
    }

    private ParseError OnSearchGw(IPeerEffects<MqttSnReply> effects)
    {
        Send(new GwInfo { GwId = _options.GatewayId }, effects);
        return ParseError.None;
    }

    /// <summary>
    /// A frame that belongs to a connection came without one. A node that believes it is connected is told to connect again (§5.4.21). Where
    /// a client sleeps it may be another that has its address now; the client itself would connect first.
    /// </summary>
    private ParseError NotConnected(IPeerEffects<MqttSnReply> effects)
    {
        if (_state is State.Idle or State.Asleep)
        {
            Send(new Disconnect(), effects);
        }

        return ParseError.OutOfSequence;
    }

    private bool IsCurrent(MqttSnReply reply) => MayAcknowledge && reply.Connection == _connection;

    private MqttSnReply NewReply(ReplyStep step) => new() { Connection = _connection, Step = step };

    /// <inheritdoc/>
    public void OnKept(MqttSnReply reply, bool isAccepted, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsCurrent(reply))
        {
            return;
        }

        var code = isAccepted ? MqttSnReturnCode.Accepted : MqttSnReturnCode.NotSupported;
        switch (reply.Step)
        {
            case ReplyStep.ConnAck:
                OnWillChanged(isAccepted, effects);
                Accept(effects);
                break;
            case ReplyStep.RegAck:
                Send(new RegAck(reply.TopicId, reply.MsgId, MqttSnReturnCode.Accepted), effects);
                break;
            case ReplyStep.Sleep when _state == State.Asleep:
                Send(new Disconnect(), effects);
                break;
            case ReplyStep.WillTopicUpd:
                OnWillChanged(isAccepted, effects);
                Send(new WillTopicResp(code), effects);
                break;
            case ReplyStep.WillMsgUpd:
                OnWillChanged(isAccepted, effects);
                Send(new WillMsgResp(code), effects);
                break;
        }
    }
}
