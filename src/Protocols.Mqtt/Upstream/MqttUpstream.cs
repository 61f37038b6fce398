using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>Client side of one MQTT connection, 3.1.1 or 5.0: forwards a session's deliveries upstream and takes what upstream sends.</summary>
/// <remarks>
/// <para>
/// Pure: what it wants is asked of the effects. The clock is read to turn a Message Expiry Interval into an instant and back, and to tell
/// which message waits too long for its acknowledgement; time-outs are timers that the loop keeps.
/// </para>
/// <para>
/// It keeps no message: Packet Identifiers and the state of every exchange are the session's, so an exchange goes on where it was on the
/// next connection. It connects without Clean Start and asks upstream to keep its session for ever.
/// </para>
/// </remarks>
/// <param name="connect">What to say in CONNECT, and how long to wait.</param>
/// <param name="clock">Read for Message Expiry Intervals and the age of what is unacknowledged.</param>
public sealed partial class MqttUpstream(UpstreamConnect connect, TimeProvider clock)
{
    private readonly MqttVersion _version = connect.Version;
    private State _state;
    private UpstreamTerms? _terms;
    private bool _isPinged;

    private enum State : byte
    {
        AwaitingConnAck = 0,
        Attaching,
        Open,
        Ended,
    }

    /// <summary>Whether <see cref="OnDelivery"/> may be called now. False while connecting, and while upstream's quota is used up.</summary>
    public bool WantsDelivery => _state == State.Open && !_isPaused;

    private UpstreamTerms Terms => _terms ?? throw new InvalidOperationException("Upstream has not accepted yet.");

    /// <summary>The connection is there: the first call. Sends CONNECT.</summary>
    public void OnOpened(IUpstreamEffects effects)
    {
        SendConnect(effects);
        effects.Arm(PeerTimer.Progress, connect.ConnectTimeout);
    }

    /// <summary>One whole frame arrived. Whatever its octets, this does not throw.</summary>
    public void OnFrame(ReadOnlySpan<byte> frame, IUpstreamEffects effects)
    {
        if (_isPinged)
        {
            _isPinged = false;
            effects.Disarm(PeerTimer.KeepAlive);
        }

        var type = TypeOf(frame);
        var error = _state switch
        {
            State.Open => OnPacket(type, frame, effects),
            State.AwaitingConnAck when type == PacketType.ConnAck => OnConnAck(frame, effects),
            State.Ended => ParseError.None,
            _ => ParseError.OutOfSequence,
        };
        if (error != ParseError.None)
        {
            Violated(error, effects);
        }
    }

    /// <summary>What arrives can be no frame: the connection ends.</summary>
    public void OnUnframed(ParseError error, IUpstreamEffects effects) => Violated(error, effects);

    /// <summary>The broker's session is attached: subscribes, and takes deliveries from now on.</summary>
    public void OnAttached(IUpstreamEffects effects)
    {
        if (_state == State.Attaching)
        {
            _state = State.Open;
            SendSubscriptions(effects);
            effects.Arm(PeerTimer.Progress, connect.AcknowledgeTimeout);
        }
    }

    /// <summary>A timer armed before has run out.</summary>
    public void OnTimer(PeerTimer timer, IUpstreamEffects effects)
    {
        if (_state == State.Ended)
        {
            return;
        }

        switch (timer)
        {
            case PeerTimer.Progress when _state == State.AwaitingConnAck:
                End(new UpstreamEnd(UpstreamEndCause.NoConnAck), effects);
                break;
            case PeerTimer.Progress:
                CheckAcknowledgements(effects);
                break;
            case PeerTimer.Ping:
                SendPing(effects);
                break;
            case PeerTimer.KeepAlive:
                End(new UpstreamEnd(UpstreamEndCause.KeepAlive), effects);
                break;
            case PeerTimer.Retry:
                SendPostponed(effects);
                break;
        }
    }

    /// <summary>Says good-bye and ends. Upstream keeps the session, and the broker's session keeps what is unacknowledged.</summary>
    public void Stop(IUpstreamEffects effects)
    {
        if (_state is State.Attaching or State.Open)
        {
            SendDisconnect(ReasonCode.Success, effects);
        }

        End(new UpstreamEnd(UpstreamEndCause.Stopped), effects);
    }

    private ParseError OnPacket(PacketType type, ReadOnlySpan<byte> frame, IUpstreamEffects effects) => type switch
    {
        PacketType.Publish => OnPublish(frame, effects),
        PacketType.PubAck or PacketType.PubRec or PacketType.PubComp => OnAcknowledgement(type, frame, effects),
        PacketType.PubRel => OnPubRel(frame, effects),
        PacketType.SubAck => OnSubAck(frame, effects),
        PacketType.PingResp => OnPingResp(frame),
        PacketType.Disconnect when _version == MqttVersion.Mqtt5 => OnDisconnect(frame, effects),
        PacketType.Reserved => ParseError.UnknownType,
        _ => ParseError.OutOfSequence,
    };

    private ParseError OnPingResp(ReadOnlySpan<byte> frame)
    {
        Ping.TryParse(frame, PacketType.PingResp, _version, out var error);
        return error;
    }

    private ParseError OnDisconnect(ReadOnlySpan<byte> frame, IUpstreamEffects effects)
    {
        if (Disconnect.TryParse(frame, _version, out var disconnect, out var error))
        {
            End(ToEnd(UpstreamEndCause.Disconnected, disconnect.ReasonCode, disconnect.Properties), effects);
        }

        return error;
    }

    /// <summary>
    /// Asks for a sign of life. Asked every Keep Alive, whatever else goes to and fro: so upstream hears us in time, and a link that hangs
    /// is noticed within one and a half times as long.
    /// </summary>
    private void SendPing(IUpstreamEffects effects)
    {
        Ping.Request.CopyTo(effects.Send(Ping.Request.Length));
        effects.Arm(PeerTimer.Ping, Terms.KeepAlive);
        effects.Arm(PeerTimer.KeepAlive, Terms.KeepAlive / 2);
        _isPinged = true;
    }

    private void SendDisconnect(ReasonCode reason, IUpstreamEffects effects)
    {
        var disconnect = new Disconnect { ReasonCode = reason };
        disconnect.Write(effects.Send(disconnect.Size(_version)), _version);
    }

    private void Violated(ParseError error, IUpstreamEffects effects)
    {
        if (_state == State.Ended)
        {
            return;
        }

        var reason = error switch
        {
            ParseError.TooLarge => ReasonCode.PacketTooLarge,
            ParseError.OutOfSequence or ParseError.InvalidValue or ParseError.InvalidProperty => ReasonCode.ProtocolError,
            _ => ReasonCode.MalformedPacket,
        };
        if (_version == MqttVersion.Mqtt5 && _state != State.AwaitingConnAck)
        {
            SendDisconnect(reason, effects);
        }

        End(new UpstreamEnd(UpstreamEndCause.Violation, reason, error.ToString()), effects);
    }

    private void End(UpstreamEnd end, IUpstreamEffects effects)
    {
        if (_state != State.Ended)
        {
            _state = State.Ended;
            effects.Close(end);
        }
    }

    private static PacketType TypeOf(ReadOnlySpan<byte> frame) => frame.IsEmpty ? PacketType.Reserved : (PacketType)(frame[0] >> 4);

    private static UpstreamEnd ToEnd(UpstreamEndCause cause, ReasonCode reason, Properties properties) =>
        new(cause, reason, TextOf(properties, PropertyId.ReasonString), TextOf(properties, PropertyId.ServerReference));

    private static string? TextOf(Properties properties, PropertyId id) =>
        properties.TryGet(id, out var octets) && Utf8Text.TryDecode(octets, out var text) ? text : null;
}
