using System.Security.Cryptography;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Resources;

namespace Edge.Protocols.Coap;

/// <content>Who asks, and the session that its requests are carried out in: by what each query says, or by the token of connection mode, as EMQX has it.</content>
/// <remarks>
/// A client in connection mode is who shows its token, wherever it comes from: its end point moves there, with its session, what it observes and what it
/// was answered. Without a token an end point is who its query says, and one that says nothing is who it was.
/// </remarks>
public sealed partial class CoapPeer
{
    private const string MissingToken = "Missing token or clientid in connection mode", WrongToken = "Invalid token or clientid in connection mode";

    /// <summary>How soon the session of who has no name is given back.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(10);

    /// <summary>Whatever an end point asks of the broker needs a session. This is who it was asked for.</summary>
    private Identity? _identity;
    private State _state;

    /// <summary>What the client shows in connection mode; null when it has none.</summary>
    private string? _token;

    private enum State : byte
    {
        /// <summary>No session.</summary>
        Idle,

        /// <summary>The broker was asked for one; requests wait.</summary>
        Connecting,
        Connected,
    }

    /// <inheritdoc/>
    public void OnConnected(ConnectOutcome outcome, IPeerEffects<CoapReply> effects)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        _state = outcome.Session is null ? State.Idle : State.Connected;
        var isWithToken = outcome.Session is not null && _pending.Exists(pending => pending.IsForToken);
        _token = isWithToken ? _server.Clients.Add(_identity!.ClientId, this) : null;
        _identity = outcome.Session is null ? null : _identity;
        if (_identity is { } identity)
        {
            TakeRequests(identity.ClientId, effects);
        }

        WatchIdleness(effects);

        foreach (var pending in _pending.ToArray())
        {
            if (outcome.Session is null)
            {
                Complete(pending, ToResponse(outcome.Refusal), effects);
            }
            else if (pending.IsForToken)
            {
                Complete(pending, new CoapResponse(CoapCode.Created) { Body = Encoding.UTF8.GetBytes(_token!) }, effects);
            }
            else if (isWithToken)
            {
                Complete(pending, Refusal(CoapCode.BadRequest, MissingToken), effects);
            }
            else
            {
                Carry(pending, effects);
            }
        }
    }

    /// <inheritdoc/>
    public void OnDetached(DetachReason reason, IPeerEffects<CoapReply> effects)
    {
        var response = reason switch
        {
            DetachReason.TakenOver => Refusal(CoapCode.ServiceUnavailable, "another end point has this clientid now"),
            DetachReason.ShuttingDown => Refusal(CoapCode.ServiceUnavailable, "the gateway stops") with { MaxAge = 5 },
            _ => Forbidden(),
        };
        foreach (var pending in _pending.ToArray())
        {
            Complete(pending, response, effects);
        }

        // RFC 7641 §4.2: who observes is told that nothing will follow.
        foreach (var observation in _observations)
        {
            var frame = Encode(CoapType.NonConfirmable, NextMessageId(), observation.Token, response, null, wantsSize: false, ExponentFor(0));
            frame.CopyTo(effects.Send(frame.Length));
        }

        Part(effects);
    }

    /// <summary>
    /// Who has no name needs its session for its requests alone: a device that sends each from a port of its own would leave thousands of them behind.
    /// </summary>
    private void WatchIdleness(IPeerEffects<CoapReply> effects)
    {
        if (_state == State.Connected && _identity!.ClientId.Length == 0 && _observations.Count == 0)
        {
            effects.Arm(PeerTimer.Idle, IdleAfter);
        }
    }

    private void GiveSessionBack(IPeerEffects<CoapReply> effects)
    {
        if (_pending.Count > 0 || _outgoing.Count > 0)
        {
            WatchIdleness(effects);
        }
        else if (_observations.Count == 0)
        {
            Part(effects);
        }
    }

    /// <summary>Carries a request out in the session of who asks, which is made if it is not there.</summary>
    private void NeedSession(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var request = pending.Request;
        var identity = IdentityOf(request);
        if (_token is not null || Options.ConnectionRequired || request.ValueOf("token", "t") is not null)
        {
            if (ShowsToken(pending, effects))
            {
                Carry(pending, effects);
            }
        }
        else if (_state == State.Connected && (identity == _identity || (identity.IsNobody && _identity!.Password is null)))
        {
            Carry(pending, effects);
        }
        else if (_state == State.Connected && identity.IsNobody)
        {
            Complete(pending, Refusal(CoapCode.Unauthorized, "username and password are missing"), effects);
        }
        else
        {
            Connect(pending, identity, effects);
        }
    }

    /// <summary>Asks the broker for a session. Another identity ends the session of the one before.</summary>
    private void Connect(PendingRequest pending, Identity identity, IPeerEffects<CoapReply> effects)
    {
        if (_state == State.Connected && identity != _identity && (_observations.Count > 0 || _exchanges.Count > 0))
        {
            // What it observes would end, and anybody can ask from a forged address.
            Complete(pending, Refusal(CoapCode.Unauthorized, "another client observes from here"), effects);
        }
        else if (_state == State.Connected && _pending.Count > 1)
        {
            Complete(pending, Refusal(CoapCode.ServiceUnavailable, "another client is served here") with { MaxAge = 1 }, effects);
        }
        else if (_state != State.Connecting)
        {
            EndSession(effects);
            (_state, _identity) = (State.Connecting, identity);
            effects.Connect(new ConnectRequest
            {
                ClientId = identity.ClientId,
                UserName = identity.UserName,
                Password = identity.Password is { } password ? Encoding.UTF8.GetBytes(password) : null,
                ReceiveMaximum = MaxWaiting,
                Peer = _address,
                Protocol = "CoAP",
            });
        }
        else if (identity != _identity)
        {
            Complete(pending, Refusal(CoapCode.ServiceUnavailable, "another client comes in from here") with { MaxAge = 1 }, effects);
        }
    }

    /// <summary>Connection mode: POST connects, PUT says that the client is there, DELETE ends it.</summary>
    private void DispatchConnection(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var (method, identity) = (pending.Request.Method, IdentityOf(pending.Request));
        if (method == CoapCode.Post && identity.ClientId.Length == 0)
        {
            Complete(pending, Refusal(CoapCode.BadRequest, "clientid is missing"), effects);
        }
        else if (method == CoapCode.Post && _token is not null)
        {
            // Who begins anew shows what he showed before, and goes on by his token. Nobody else takes the place by a forged address.
            Complete(
                pending,
                identity == _identity ? new CoapResponse(CoapCode.Created) { Body = Encoding.UTF8.GetBytes(_token) } : Refusal(CoapCode.BadRequest, "another client is connected from here"),
                effects);
        }
        else if (method == CoapCode.Post)
        {
            pending.IsForToken = true;
            Connect(pending, identity, effects);
        }
        else if (method != CoapCode.Put && method != CoapCode.Delete)
        {
            Complete(pending, Refusal(CoapCode.MethodNotAllowed, "POST, PUT or DELETE it"), effects);
        }
        else if (ShowsToken(pending, effects))
        {
            Complete(pending, new CoapResponse(method == CoapCode.Put ? CoapCode.Changed : CoapCode.Deleted), effects);
            if (method == CoapCode.Delete)
            {
                Part(effects);
            }
        }
    }

    /// <summary>Whether a request shows the token of the client that is here. If not it is answered, or left to the end point of the client whose token it is.</summary>
    private bool ShowsToken(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var (clientId, token) = (IdentityOf(pending.Request).ClientId, pending.Request.ValueOf("token", "t"));
        if (clientId.Length == 0 || token is null)
        {
            Complete(pending, Refusal(CoapCode.BadRequest, MissingToken), effects);
            return false;
        }

        if (_token is not null && clientId == _identity!.ClientId && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_token)))
        {
            _isProven = true;
            return true;
        }

        if (_server.Clients.Find(clientId, token) is null)
        {
            Complete(pending, Refusal(CoapCode.Unauthorized, WrongToken), effects);
            return false;
        }

        _pending.Remove(pending);
        effects.GiveWay();
        if (_token is null)
        {
            Leave(effects);
        }

        return false;
    }

    private void ForgetToken()
    {
        if (_token is not null)
        {
            _server.Clients.Remove(_identity!.ClientId, this);
            _token = null;
        }
    }

    /// <summary>What went on for the client that was here ends with its session.</summary>
    private void EndSession(IPeerEffects<CoapReply> effects)
    {
        _observations.Clear();
        _told.Clear();
        _exchanges.Clear();
        _begun.Clear();
        if (_outgoing.RemoveAll(message => message.Observation is not null || message.Exchange is not null) > 0)
        {
            SendNext(effects);
        }
    }

    /// <summary>
    /// Nobody is there any more, or may be: the session ends, and what the broker was asked for is still answered. The end point is remembered for as long as
    /// copies of its messages may come (RFC 7252 §4.5).
    /// </summary>
    private void Part(IPeerEffects<CoapReply> effects)
    {
        _guesses = 0;
        _outgoing.Clear();
        EndSession(effects);
        effects.Disarm(PeerTimer.Retry);
        if (_state != State.Connecting)
        {
            BeNobody(effects);
            effects.Part(publishWill: false);
        }
    }

    /// <summary>Ends the conversation.</summary>
    private void Leave(IPeerEffects<CoapReply> effects)
    {
        _outgoing.Clear();
        _pending.Clear();
        EndSession(effects);
        BeNobody(effects);
        effects.Disarm(PeerTimer.Retry);
        effects.Disarm(PeerTimer.Progress);
        effects.Disarm(PeerTimer.KeepAlive);
        effects.Close(publishWill: false);
    }

    private void BeNobody(IPeerEffects<CoapReply> effects)
    {
        effects.Disarm(PeerTimer.Idle);
        ForgetToken();
        (_state, _identity) = (State.Idle, null);
        effects.Disarm(PeerTimer.Ping);
    }

    private static Identity IdentityOf(CoapRequest request) =>
        request.Query.Count == 0 ? Identity.Nobody : new(request.ValueOf("clientid", "c") ?? "", request.ValueOf("username", "u"), request.ValueOf("password", "p"));

    private static CoapResponse ToResponse(ConnectRefusal refusal) => refusal switch
    {
        ConnectRefusal.ClientIdInvalid => Refusal(CoapCode.BadRequest, "invalid clientid"),
        ConnectRefusal.QuotaExceeded or ConnectRefusal.Unavailable => Refusal(CoapCode.ServiceUnavailable, "no room at present") with { MaxAge = 5 },
        _ => Forbidden(),
    };

    /// <summary>Who asks, as the query says.</summary>
    private sealed record Identity(string ClientId, string? UserName, string? Password)
    {
        public static Identity Nobody { get; } = new("", null, null);

        /// <summary>Whether it says nothing.</summary>
        public bool IsNobody => ClientId.Length == 0 && UserName is null && Password is null;
    }
}
