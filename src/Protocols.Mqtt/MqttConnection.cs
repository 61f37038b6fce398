using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;
using Effects = Edge.Messaging.Peers.IPeerEffects<Edge.Protocols.Mqtt.MqttReply>;

namespace Edge.Protocols.Mqtt;

/// <summary>Server side of one MQTT connection, in MQTT 3.1, 3.1.1 and 5.0, whichever the CONNECT says.</summary>
/// <remarks>
/// Pure: what it wants is asked of the effects. The clock is read only to turn a Message Expiry Interval into an instant and back;
/// time-outs are timers that the loop keeps. Whatever is malformed or out of turn ends the connection (MQTT 5.0 §4.13): with a Reason
/// Code from MQTT 5.0 on, without a word before, and always with the Will.
/// </remarks>
/// <param name="options">Limits that hold for every client.</param>
/// <param name="clock">Read for Message Expiry Intervals.</param>
/// <param name="peer">Where the client comes from, for the broker's logs and rules.</param>
/// <param name="certificate">The certificate by which the client proved who it is, or null; passed on to the broker.</param>
public sealed partial class MqttConnection(MqttOptions options, TimeProvider clock, string peer, ClientCertificate? certificate = null)
    : IPeer<MqttReply>
{
    /// <summary>Largest Control Packet there can be: type, four octets of Remaining Length, and as many octets as they can say.</summary>
    private const int LargestPacket = 5 + VariableByteInteger.MaxValue;

    private State _state;
    private MqttVersion _version;
    private TimeSpan _silenceAllowed;
    private int _maximumPacketSize = LargestPacket;

    private enum State : byte
    {
        AwaitingConnect = 0,
        Authenticating,
        Connecting,
        Connected,
        Closed,
    }

    /// <inheritdoc/>
    public bool WantsDelivery => _state == State.Connected;

    /// <inheritdoc/>
    public void OnOpened(Effects effects) => effects.Arm(PeerTimer.Progress, options.ConnectTimeout);

    /// <inheritdoc/>
    public void OnFrame(ReadOnlySpan<byte> frame, Effects effects)
    {
        var type = frame.IsEmpty ? PacketType.Reserved : (PacketType)(frame[0] >> 4);
        var error = _state switch
        {
            State.Connected => OnPacket(type, frame, effects),
            State.AwaitingConnect when type == PacketType.Connect => OnConnect(frame, effects),
            State.Authenticating when type == PacketType.Auth => OnAuth(frame, effects),
            State.Authenticating when type == PacketType.Disconnect => OnDisconnect(frame, effects), // [MQTT-3.1.2-30]
            State.Closed => ParseError.None,
            _ => ParseError.OutOfSequence,
        };
        if (error != ParseError.None)
        {
            Refuse(type, error, frame, effects);
        }
    }

    /// <inheritdoc/>
    public void OnTimer(PeerTimer timer, Effects effects)
    {
        if (timer == PeerTimer.KeepAlive)
        {
            End(ReasonCode.KeepAliveTimeout, null, effects);
        }
        else if (_turn == Turn.Client)
        {
            End(ReasonCode.NotAuthorized, null, effects);
        }
        else if (_state is State.AwaitingConnect or State.Connecting)
        {
            Close(publishWill: true, null, effects);
        }
    }

    /// <inheritdoc/>
    public void OnDetached(DetachReason reason, Effects effects) => End(
        reason switch
        {
            DetachReason.TakenOver => ReasonCode.SessionTakenOver,
            DetachReason.ShuttingDown => ReasonCode.ServerShuttingDown,
            DetachReason.Expired => ReasonCode.MaximumConnectTime,
            _ => ReasonCode.AdministrativeAction,
        },
        null,
        effects);

    private ParseError OnPacket(PacketType type, ReadOnlySpan<byte> frame, Effects effects)
    {
        if (_silenceAllowed > TimeSpan.Zero)
        {
            effects.Arm(PeerTimer.KeepAlive, _silenceAllowed);
        }

        return type switch
        {
            PacketType.Publish => OnPublish(frame, effects),
            PacketType.PubAck => OnPubAck(frame, effects),
            PacketType.PubRec => OnPubRec(frame, effects),
            PacketType.PubRel => OnPubRel(frame, effects),
            PacketType.PubComp => OnPubComp(frame, effects),
            PacketType.Subscribe => OnSubscribe(frame, effects),
            PacketType.Unsubscribe => OnUnsubscribe(frame, effects),
            PacketType.PingReq => OnPingReq(frame, effects),
            PacketType.Disconnect => OnDisconnect(frame, effects),
            PacketType.Auth => OnAuth(frame, effects),
            PacketType.Reserved => ParseError.UnknownType,
            _ => ParseError.OutOfSequence,
        };
    }

    private ParseError OnPingReq(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (Ping.TryParse(frame, PacketType.PingReq, _version, out var error) && MaySend(Ping.Response.Length, effects))
        {
            Ping.Response.CopyTo(effects.Send(Ping.Response.Length));
        }

        return error;
    }

    /// <summary>Counts what was refused and ends the connection.</summary>
    private void Refuse(PacketType type, ParseError error, ReadOnlySpan<byte> frame, Effects effects)
    {
        // A framer gives only the header of what it does not take.
        if (error == ParseError.LengthMismatch && FixedHeader.TryParse(frame, out var header, out _) && header.PacketSize > options.MaxPacketSize)
        {
            error = ParseError.TooLarge;
        }

        effects.Refuse(error, frame.Length);
        End(ToReasonCode(error, type), error.ToString(), effects);
    }

    /// <summary>Ends the connection for a well-formed packet that is not allowed.</summary>
    private void Refuse(ReasonCode reason, ReadOnlySpan<byte> frame, Effects effects)
    {
        effects.Refuse(ParseError.OutOfSequence, frame.Length);
        End(reason, null, effects);
    }

    /// <summary>Says why, where the version can, and closes; the Will is published.</summary>
    private void End(ReasonCode reason, string? text, Effects effects)
    {
        if (_state == State.Authenticating)
        {
            RefuseConnect(reason, text, effects);
            return;
        }

        if (_state == State.Connected && _version == MqttVersion.Mqtt5)
        {
            SendDisconnect(reason, text, effects);
        }

        Close(publishWill: true, null, effects);
    }

    private void SendDisconnect(ReasonCode reason, string? text, Effects effects)
    {
        var room = new PropertyWriter(text is null ? default : stackalloc byte[PropertyWriter.SizeOf(text)]);
        if (text is not null)
        {
            room.Add(PropertyId.ReasonString, text);
        }

        var disconnect = new Disconnect { ReasonCode = reason, Properties = room.Written };
        if (disconnect.Size(_version) > _maximumPacketSize)
        {
            disconnect = new Disconnect { ReasonCode = reason };
        }

        var size = disconnect.Size(_version);
        if (size <= _maximumPacketSize)
        {
            disconnect.Write(effects.Send(size), _version);
        }
    }

    private void Close(bool publishWill, TimeSpan? sessionExpiry, Effects effects)
    {
        if (_state != State.Closed)
        {
            _state = State.Closed;
            effects.Close(publishWill, sessionExpiry);
        }
    }

    /// <summary>Whether an answer may have so many octets. A client that cannot take the answers it must get is let go ([MQTT-3.1.2-24]).</summary>
    private bool MaySend(int size, Effects effects)
    {
        if (size <= _maximumPacketSize)
        {
            return true;
        }

        Close(publishWill: true, null, effects);
        return false;
    }

    private static ReasonCode ToReasonCode(ParseError error, PacketType type) => error switch
    {
        ParseError.InvalidTopic when type is PacketType.Subscribe or PacketType.Unsubscribe => ReasonCode.TopicFilterInvalid,
        ParseError.InvalidTopic => ReasonCode.TopicNameInvalid,
        ParseError.InvalidProperty or ParseError.InvalidValue or ParseError.OutOfSequence => ReasonCode.ProtocolError,
        ParseError.TooLarge => ReasonCode.PacketTooLarge,
        ParseError.UnsupportedVersion => ReasonCode.UnsupportedProtocolVersion,
        _ => ReasonCode.MalformedPacket,
    };
}
