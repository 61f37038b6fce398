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

    private KnownTopics _known;
    private TopicIdRegistry? _topics;
    private bool _hasSession;
    private int _connection;

    /// <summary>Nothing was heard since CONNACK, which may thus have been lost.</summary>
    private bool _isFresh;

    /// <summary>By the time the broker gives the session, nobody wants it any more.</summary>
    private bool _isAbandoned;

    /// <summary>By the time the broker gives the session, another client has the address.</summary>
    private bool _hasGivenWay;

    /// <summary>The client wants to connect anew once it has its session.</summary>
    private Terms? _next;

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
        else if (_isResuming)
        {
            OnResumed(outcome.Session, effects);
        }
        else if (_hasSession)
        {
            _state = State.Connected;
            WatchKeepAlive(effects);
            if (outcome.SessionPresent && RestoresWill(outcome.Session!))
            {
                ChangeWill(_will, ReplyStep.ConnAck, effects);
            }
            else
            {
                Accept(effects);
            }

            if (outcome.SessionPresent)
            {
                SaveNote(effects);
            }
        }
        else
        {
            _state = State.Idle;
            Send(new ConnAck(ToReturnCode(outcome.Refusal)), effects);
        }

        if (_hasGivenWay)
        {
            GoAstray(effects);
        }
        else if (_next is { } terms)
        {
            _next = null;
            ConnectAnew(terms, effects);
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

        var terms = new Terms(clientId, connect.CleanSession, connect.Will, connect.Duration);
        if (IsAnothers(clientId))
        {
            GiveWay(effects);
            return ParseError.None;
        }

        if (_state == State.Connecting)
        {
            _next = _isResuming ? terms : null; // Else it is sent again, and the answer to the first is on its way.
            return ParseError.None;
        }

        if (_isFresh && !terms.Will && terms == _terms)
        {
            Send(new ConnAck(MqttSnReturnCode.Accepted), effects);
            return ParseError.None;
        }

        ConnectAnew(terms, effects);
        return ParseError.None;
    }

    /// <summary>Whether the address is taken by another client, which has a session or is about to get one.</summary>
    private bool IsAnothers(string clientId) => (_hasSession || _state == State.Connecting) && clientId != _client;

    private void ConnectAnew(Terms terms, IPeerEffects<MqttSnReply> effects)
    {
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
        Become(clientId);
        _sleepDuration = 0;
        BeginConnection();
        effects.Connect(NewRequest(clientId) with
        {
            CleanStart = cleanSession,
            SessionExpiry = cleanSession ? TimeSpan.Zero : _options.MaxSessionExpiry,
            MaySleep = true,
            Note = WriteNote(),
            Will = _will,
            KeepAlive = TimeSpan.FromSeconds(_terms.Duration),
        });
    }

    private void Become(string clientId)
    {
        if (clientId != _client)
        {
            (_client, _known, _topics) = (clientId, _knownToAll.For(clientId), null);
        }
    }

    private void BeginConnection()
    {
        _connection++;
        _hasSession = false;
        _unanswered = 0;
        (_opened, _released) = (default, default);
        _isFresh = false;
        _isAbandoned = false;
        _isChangingWill = false;
        _state = State.Connecting;
    }

    private ConnectRequest NewRequest(string clientId) => new()
    {
        ClientId = clientId,
        ReceiveMaximum = (ushort)_options.MaxInflight,
        Peer = _address,
        Protocol = "MQTT-SN 1.2",
        ProtocolLevel = Connect.Version12,
    };

    private void Accept(IPeerEffects<MqttSnReply> effects)
    {
        _isFresh = true;
        Send(new ConnAck(MqttSnReturnCode.Accepted), effects);
    }

    /// <summary>Takes the topic ids over that the session's note has, and the Will when this CONNECT leaves it as it was (§6.3).</summary>
    /// <returns>Whether the Will is to be set again.</returns>
    private bool RestoresWill(IBrokerSession session)
    {
        if (_terms.CleanSession || SessionNote.TryRead(session.Note.Span) is not { } note)
        {
            return false;
        }

        if (Topics.Count == 0)
        {
            Topics.Restore(note.Topics);
            Topics.DoubtAll();
        }

        var restores = !_terms.Will && _will is null && note.Will is not null;
        _will = restores ? new WillMessage(note.Will!) : _will;
        return restores;
    }

    private readonly record struct Terms(string ClientId, bool CleanSession, bool Will, ushort Duration);
}
