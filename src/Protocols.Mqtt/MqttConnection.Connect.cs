using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;
using Effects = Edge.Messaging.Peers.IPeerEffects<Edge.Protocols.Mqtt.MqttReply>;

namespace Edge.Protocols.Mqtt;

/// <summary>How a connection begins and how the client ends it (MQTT 5.0 §3.1, §3.2, §3.14).</summary>
public sealed partial class MqttConnection
{
    private const uint Forever = uint.MaxValue;

    private uint _expiryAsked;
    private bool _isUnnamed;
    private ushort _serverKeepAlive;
    private bool _wantsResponseInformation;

    /// <inheritdoc/>
    public void OnConnected(ConnectOutcome outcome, Effects effects)
    {
        if (_state != State.Connecting)
        {
            return;
        }

        if (outcome.Session is not { } session)
        {
            RefuseConnect(ToReasonCode(outcome.Refusal), null, effects);
            return;
        }

        var room = 64 + PropertyWriter.SizeOf(session.ClientId) + PropertyWriter.SizeOf(options.ResponseInformation) + SizeOfAuthentication(_lastData.Span);
        var properties = new PropertyWriter(_version == MqttVersion.Mqtt5 ? new byte[room] : default);
        if (_version == MqttVersion.Mqtt5)
        {
            AddConnAckProperties(ref properties, session);
        }

        var connAck = new ConnAck { SessionPresent = outcome.SessionPresent, Properties = properties.Written };
        var size = connAck.Size(_version);
        if (!MaySend(size, effects))
        {
            return;
        }

        connAck.Write(effects.Send(size), _version);
        _state = State.Connected;
        _lastData = default;
        if (_silenceAllowed > TimeSpan.Zero)
        {
            effects.Arm(PeerTimer.KeepAlive, _silenceAllowed);
        }
    }

    private ParseError OnConnect(ReadOnlySpan<byte> frame, Effects effects)
    {
        effects.Disarm(PeerTimer.Progress);
        var isTaken = Connect.TryParse(frame, out var connect, out var error);

        // A level that no version has is answered in the form of the nearest one. Bridges of mosquitto set the upper bit
        // and come again without it when they are refused in the form of MQTT 3 ([MQTT-3.1.2-2]).
        _version = connect.Version is >= MqttVersion.Mqtt5 and < (MqttVersion)0x80 ? MqttVersion.Mqtt5
            : connect.Version == MqttVersion.Mqtt31 ? MqttVersion.Mqtt31
            : MqttVersion.Mqtt311;
        if (!isTaken && error != ParseError.UnsupportedVersion && _version != MqttVersion.Mqtt5)
        {
            return error;
        }

        if (!isTaken)
        {
            effects.Refuse(error, frame.Length);
            RefuseConnect(ToReasonCode(error, PacketType.Connect), error.ToString(), effects);
            return ParseError.None;
        }

        _maximumPacketSize = (int)Math.Min(connect.Properties.Number(PropertyId.MaximumPacketSize) ?? LargestPacket, LargestPacket);
        // MQTT 3.1.1 [MQTT-3.1.3-8]; MQTT 3.1 knows no empty ClientId at all. Its limit of 23 characters is not kept, by us as by others.
        var mayBeUnnamed = _version == MqttVersion.Mqtt5 || (_version == MqttVersion.Mqtt311 && connect.CleanStart);
        _isUnnamed = connect.ClientId.IsEmpty;
        if (_isUnnamed && !mayBeUnnamed)
        {
            RefuseConnect(ReasonCode.ClientIdentifierNotValid, null, effects);
            return ParseError.None;
        }

        WillMessage? will = null;
        if (connect.HasWill && !TryReadWill(connect, out will))
        {
            return ParseError.InvalidTopic;
        }

        Agree(connect);
        var request = ToRequest(connect, will);
        if (connect.Properties.TryGet(PropertyId.AuthenticationMethod, out var method))
        {
            BeginAuthentication(method, connect, request, effects);
        }
        else
        {
            AskForSession(request, effects);
        }

        return ParseError.None;
    }

    private void AskForSession(ConnectRequest request, Effects effects)
    {
        _state = State.Connecting;
        _request = null;
        effects.Connect(request);
    }

    private ParseError OnDisconnect(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (!Disconnect.TryParse(frame, _version, out var disconnect, out var error))
        {
            return error;
        }

        var expiry = disconnect.Properties.Number(PropertyId.SessionExpiryInterval);
        if (expiry > 0 && _expiryAsked == 0)
        {
            return ParseError.InvalidProperty;
        }

        // [MQTT-3.14.4-3]: only a normal disconnection makes the Will go away.
        Close(disconnect.ReasonCode != ReasonCode.Success, expiry is { } seconds ? Limited(seconds) : null, effects);
        return ParseError.None;
    }

    /// <summary>Settles what holds for this connection from what was asked.</summary>
    private void Agree(in Connect connect)
    {
        _expiryAsked = _version == MqttVersion.Mqtt5 ? connect.Properties.Number(PropertyId.SessionExpiryInterval) ?? 0
            : connect.CleanStart ? 0 : Forever;
        var keepAlive = connect.KeepAlive;
        var wanted = (ushort)Math.Min(options.ServerKeepAlive.TotalSeconds, ushort.MaxValue);
        if (_version == MqttVersion.Mqtt5 && wanted > 0 && (keepAlive == 0 || keepAlive > wanted))
        {
            keepAlive = _serverKeepAlive = wanted;
        }

        _wantsResponseInformation = connect.Properties.Number(PropertyId.RequestResponseInformation) == 1;
        _aliasesOutAllowed = (int)Math.Min(connect.Properties.Number(PropertyId.TopicAliasMaximum) ?? 0, (uint)options.TopicAliasMaximum);

        // [MQTT-3.1.2-22]
        _silenceAllowed = TimeSpan.FromSeconds(keepAlive * 1.5);
    }

    private ConnectRequest ToRequest(in Connect connect, WillMessage? will) => new()
    {
        ClientId = Encoding.UTF8.GetString(connect.ClientId),
        CleanStart = connect.CleanStart,
        SessionExpiry = Limited(_expiryAsked),
        ReceiveMaximum = (int)(connect.Properties.Number(PropertyId.ReceiveMaximum) ?? ushort.MaxValue),
        Will = will,
        UserName = connect.HasUserName ? Encoding.UTF8.GetString(connect.UserName) : null,
        Password = connect.HasPassword ? connect.Password.ToArray() : default(ReadOnlyMemory<byte>?),
        Certificate = certificate,
        Peer = peer,
        Protocol = _version switch
        {
            MqttVersion.Mqtt31 => "MQTT 3.1",
            MqttVersion.Mqtt311 => "MQTT 3.1.1",
            _ => "MQTT 5.0",
        },
        ProtocolLevel = (int)_version,
        KeepAlive = _silenceAllowed / 1.5,
    };

    private static bool TryReadWill(in Connect connect, out WillMessage? will)
    {
        will = null;
        if (!TopicName.TryParse(connect.WillTopic, out var topic))
        {
            return false;
        }

        var properties = connect.WillProperties;
        var message = new Message
        {
            Topic = topic,
            Payload = connect.WillPayload.ToArray(),
            Qos = connect.WillQos,
            Retain = connect.WillRetain,
            Properties = properties.ToMessageProperties(),
        };
        var delay = TimeSpan.FromSeconds(properties.Number(PropertyId.WillDelayInterval) ?? 0);
        will = new WillMessage(message, delay, properties.Number(PropertyId.MessageExpiryInterval) is { } expiry ? TimeSpan.FromSeconds(expiry) : null);
        return true;
    }

    private void AddConnAckProperties(scoped ref PropertyWriter properties, IBrokerSession session)
    {
        var granted = ToSeconds(session.SessionExpiry);
        if (granted != _expiryAsked)
        {
            properties.Add(PropertyId.SessionExpiryInterval, granted);
        }

        if (_isUnnamed)
        {
            properties.Add(PropertyId.AssignedClientIdentifier, session.ClientId);
        }

        if (_serverKeepAlive > 0)
        {
            properties.Add(PropertyId.ServerKeepAlive, _serverKeepAlive);
        }

        AddAuthentication(ref properties, _lastData.Span);
        properties.Add(PropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum);
        properties.Add(PropertyId.MaximumPacketSize, (uint)options.MaxPacketSize);
        if (options.TopicAliasMaximum > 0)
        {
            properties.Add(PropertyId.TopicAliasMaximum, (uint)options.TopicAliasMaximum);
        }

        // [MQTT-3.1.2-28]
        if (_wantsResponseInformation && options.ResponseInformation.Length > 0)
        {
            properties.Add(PropertyId.ResponseInformation, options.ResponseInformation);
        }
    }

    private void RefuseConnect(ReasonCode reason, string? text, Effects effects)
    {
        var properties = new PropertyWriter(text is null ? default : new byte[PropertyWriter.SizeOf(text)]);
        if (text is not null)
        {
            properties.Add(PropertyId.ReasonString, text);
        }

        var connAck = new ConnAck { ReasonCode = reason, Properties = properties.Written };
        if (connAck.Size(_version) > _maximumPacketSize)
        {
            connAck = new ConnAck { ReasonCode = reason }; // [MQTT-3.2.2-19]
        }

        var size = connAck.Size(_version);
        if (MaySend(size, effects))
        {
            connAck.Write(effects.Send(size), _version);
            Close(publishWill: false, null, effects);
        }
    }

    private TimeSpan Limited(uint seconds)
    {
        var asked = seconds == Forever ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);
        return asked < options.MaxSessionExpiry ? asked : options.MaxSessionExpiry;
    }

    private static uint ToSeconds(TimeSpan expiry) => expiry == TimeSpan.MaxValue ? Forever : (uint)Math.Min(expiry.TotalSeconds, Forever - 1);

    private static ReasonCode ToReasonCode(ConnectRefusal refusal) => refusal switch
    {
        ConnectRefusal.ClientIdInvalid => ReasonCode.ClientIdentifierNotValid,
        ConnectRefusal.BadCredentials => ReasonCode.BadUserNameOrPassword,
        ConnectRefusal.NotAuthorized => ReasonCode.NotAuthorized,
        ConnectRefusal.Banned => ReasonCode.Banned,
        ConnectRefusal.QuotaExceeded => ReasonCode.QuotaExceeded,
        _ => ReasonCode.ServerUnavailable,
    };
}
