using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;
using Effects = Edge.Messaging.Peers.IPeerEffects<Edge.Protocols.Mqtt.MqttReply>;

namespace Edge.Protocols.Mqtt;

/// <summary>Enhanced authentication, MQTT 5.0 only (§3.15, §4.12): the broker knows the methods, here is whose turn it is.</summary>
public sealed partial class MqttConnection
{
    private Turn _turn;
    private string? _method;
    private ConnectRequest? _request;
    private ReadOnlyMemory<byte> _lastData;

    /// <summary>Who is to say something in an exchange.</summary>
    private enum Turn : byte
    {
        Nobody = 0,
        Broker,
        Client,
    }

    /// <inheritdoc/>
    public void OnAuthenticated(in AuthenticationStep answer, Effects effects)
    {
        if (_state == State.Closed)
        {
            return;
        }

        _turn = Turn.Nobody;
        switch (answer.Outcome)
        {
            case AuthenticationOutcome.Continue:
                _turn = Turn.Client;
                effects.Arm(PeerTimer.Progress, options.ConnectTimeout);
                SendAuth(ReasonCode.ContinueAuthentication, answer.Data.Span, effects);
                break;
            case AuthenticationOutcome.Success when _request is { } request:
                _lastData = answer.Data;
                AskForSession(request, effects);
                break;
            case AuthenticationOutcome.Success:
                SendAuth(ReasonCode.Success, answer.Data.Span, effects);
                break;
            default:
                End(ToReasonCode(answer.Outcome), null, effects); // [MQTT-4.12.0-4], §4.12.1
                break;
        }
    }

    private void BeginAuthentication(ReadOnlySpan<byte> method, in Connect connect, ConnectRequest request, Effects effects)
    {
        (_state, _turn) = (State.Authenticating, Turn.Broker);
        (_method, _request) = (Encoding.UTF8.GetString(method), request);
        effects.Authenticate(request, _method, DataOf(connect.Properties));
    }

    private ParseError OnAuth(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (!Auth.TryParse(frame, _version, out var auth, out var error))
        {
            return error;
        }

        // [MQTT-4.12.0-6], [MQTT-4.12.0-7], [MQTT-4.12.1-1]: with the method of CONNECT, and when it is the client's turn.
        var expected = _turn == Turn.Client ? ReasonCode.ContinueAuthentication : ReasonCode.ReAuthenticate;
        auth.Properties.TryGet(PropertyId.AuthenticationMethod, out var method);
        if (_method is null || _turn == Turn.Broker || auth.ReasonCode != expected || !method.SequenceEqual(Encoding.UTF8.GetBytes(_method)))
        {
            return ParseError.OutOfSequence;
        }

        effects.Disarm(PeerTimer.Progress);
        var begins = _turn == Turn.Nobody;
        _turn = Turn.Broker;
        if (begins)
        {
            effects.Reauthenticate(_method, DataOf(auth.Properties));
        }
        else
        {
            effects.ContinueAuthentication(DataOf(auth.Properties));
        }

        return ParseError.None;
    }

    private void SendAuth(ReasonCode reason, ReadOnlySpan<byte> data, Effects effects)
    {
        var properties = new PropertyWriter(new byte[SizeOfAuthentication(data)]);
        AddAuthentication(ref properties, data);
        var auth = new Auth { ReasonCode = reason, Properties = properties.Written };
        var size = auth.Size();
        if (MaySend(size, effects))
        {
            auth.Write(effects.Send(size));
        }
    }

    private int SizeOfAuthentication(ReadOnlySpan<byte> data) => _method is null ? 0 : PropertyWriter.SizeOf(_method) + 3 + data.Length;

    /// <summary>[MQTT-4.12.0-5]</summary>
    private void AddAuthentication(scoped ref PropertyWriter properties, ReadOnlySpan<byte> data)
    {
        if (_method is null)
        {
            return;
        }

        properties.Add(PropertyId.AuthenticationMethod, _method);
        if (!data.IsEmpty)
        {
            properties.Add(PropertyId.AuthenticationData, data);
        }
    }

    private static byte[] DataOf(Properties properties) => properties.TryGet(PropertyId.AuthenticationData, out var data) ? data.ToArray() : [];

    private static ReasonCode ToReasonCode(AuthenticationOutcome outcome) => outcome switch
    {
        AuthenticationOutcome.MethodUnknown => ReasonCode.BadAuthenticationMethod,
        AuthenticationOutcome.Unavailable => ReasonCode.ServerBusy,
        _ => ReasonCode.NotAuthorized,
    };
}
