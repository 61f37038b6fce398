using System.Net;
using System.Text;
using Edge.LocalBroker.Access.Tokens;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>Who may come in and what they may do. What it goes by can be replaced at any time; each decision takes what holds at that moment.</summary>
public sealed class AccessControl : IDisposable
{
    private readonly AnonymousAccess _anonymous;
    private readonly TimeProvider _clock;
    private readonly PasswordCheck _passwords;
    private readonly Flapping _flapping;
    private readonly TokenCheck _tokens;
    private volatile Users? _users;
    private volatile TokenKeys? _tokenKeys;
    private volatile AccessRules _rules = AccessRules.Open;
    private volatile IReadOnlyList<Ban> _bans = [];

    /// <summary>Begins with what the configuration says.</summary>
    /// <param name="anonymous">Who may come in without saying who it is.</param>
    /// <param name="clock">Measures how long who gave a wrong password waits, and how long who is banned stays out.</param>
    /// <param name="flapping">When to keep out clients that connect again and again; null for never.</param>
    public AccessControl(AnonymousAccess anonymous, TimeProvider clock, FlappingOptions? flapping = null)
    {
        _anonymous = anonymous;
        _clock = clock;
        _flapping = new Flapping(flapping ?? new FlappingOptions(), clock);
        _passwords = new PasswordCheck(clock);
        _tokens = new TokenCheck(new TokenOptions(), clock);
    }

    /// <summary>What a client is told of a subscription that is denied: <see cref="SubscribeOutcome.NotAuthorized"/>, or nothing more than that it is refused.</summary>
    public SubscribeOutcome SubscribeRefusal { get; init; } = SubscribeOutcome.NotAuthorized;

    /// <summary>What of a client's certificate is the name of its user. A client that shows one is that user, and no password is asked of it.</summary>
    public CertificateIdentity CertificateIdentity { get; init; }

    /// <summary>Every way there is.</summary>
    public static IReadOnlyList<Authenticator> WholeChain { get; } = [Authenticator.Jwt, Authenticator.Scram, Authenticator.Password];

    /// <summary>The ways in which users may prove who they are, in order. One that is not there, or for which there are no users or keys, lets nobody in.</summary>
    public IReadOnlyList<Authenticator> Chain { get; init; } = WholeChain;

    /// <summary>Who may come in by a password; null when nobody can, and what clients say of themselves counts for nothing.</summary>
    public Users? Users
    {
        get => _users;
        set => _users = value;
    }

    /// <summary>What is asked of tokens.</summary>
    public TokenOptions Tokens
    {
        get => _tokens.Options;
        init => _tokens = new TokenCheck(value, _clock);
    }

    /// <summary>The keys that tokens are signed with; null when there are none, and a token is a password like another.</summary>
    public TokenKeys? TokenKeys
    {
        get => _tokenKeys;
        set => _tokenKeys = value;
    }

    /// <summary>What they may do. Whoever is connected stays, and is held to the new rules with the next message.</summary>
    public AccessRules Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>Who may not come in. Whoever is connected stays until <see cref="Broker.DetachUnwelcome"/>.</summary>
    public IReadOnlyList<Ban> Bans
    {
        get => _bans;
        set => _bans = value;
    }

    /// <summary>The ban that keeps a client out; null when none does.</summary>
    public Ban? FindBan(ClientIdentity client)
    {
        var bans = _bans;
        return bans.Count == 0 ? null : Find(bans, client, _clock.GetUtcNow());

        // Apart, so that nothing is captured, and allocated, while there are none.
        static Ban? Find(IReadOnlyList<Ban> bans, ClientIdentity client, DateTimeOffset now) => bans.FirstOrDefault(ban => ban.Holds(client, now));
    }

    /// <summary>Whether a client without credentials is let in from an address; null stands for a device attached to this machine.</summary>
    public bool AllowsAnonymous(IPAddress? address) => _anonymous switch
    {
        AnonymousAccess.Everyone => true,
        AnonymousAccess.Loopback => address is null || IPAddress.IsLoopback(address),
        _ => false,
    };

    /// <summary>Slow hashes made so far.</summary>
    internal long HashesMade => _passwords.HashesMade;

    /// <inheritdoc/>
    public void Dispose() => _passwords.Dispose();

    /// <summary>Whether to let a client in, and as whom.</summary>
    internal ValueTask<Admission> AdmitAsync(ConnectRequest request)
    {
        if (request.Queue is not null)
        {
            return new(new Admission(ConnectRefusal.None)); // The gateway itself.
        }

        if (request.PskIdentity is { } identity)
        {
            return new(new Admission(ConnectRefusal.None, identity, IdentityProof.PreSharedKey));
        }

        if (request.Authentication is { } exchange)
        {
            return new(exchange is ScramAuthentication { UserName: { } proved } scram && scram.IsOf(_passwords)
                ? new Admission(ConnectRefusal.None, proved, IdentityProof.Password)
                : new Admission(ConnectRefusal.NotAuthorized));
        }

        if (CertificateIdentity != CertificateIdentity.None && request.Certificate is { } certificate)
        {
            return new(NameIn(certificate) is { Length: > 0 } name
                ? new Admission(ConnectRefusal.None, name, IdentityProof.Certificate)
                : new Admission(ConnectRefusal.BadCredentials));
        }

        return AdmitByChain(request);
    }

    /// <summary>Begins to have a client prove who it is; null when the method is not offered. Who its certificate says it is, it must be.</summary>
    internal IAuthenticationExchange? BeginAuthentication(ConnectRequest request, string method, Action<string?, ConnectRefusal> refused)
    {
        var expected = CertificateIdentity != CertificateIdentity.None && request.Certificate is { } certificate ? NameIn(certificate) ?? "" : null;
        return BeginAuthentication(method, ClientIdentity.AddressOf(request.Peer), expected, refused);
    }

    /// <summary>Likewise.</summary>
    /// <param name="method">Authentication Method.</param>
    /// <param name="address">Where the client comes from.</param>
    /// <param name="expected">Who it must be; null for anyone.</param>
    /// <param name="refused">Told when it fails, with the name the client gave, and why.</param>
    internal IAuthenticationExchange? BeginAuthentication(string method, IPAddress? address, string? expected, Action<string?, ConnectRefusal> refused) =>
        Users is { } users && Chain.Contains(Authenticator.Scram) && ScramMethod.All.FirstOrDefault(scram => scram.Name == method) is { } known
            ? new ScramAuthentication(
                new ScramExchange(known, name => users.KeysFor(known, name), ScramExchange.NewNonce()), _passwords, address, expected, refused)
            : null;

    /// <summary>Whether a client that was let in may stay.</summary>
    internal bool Keeps(IdentityProof proof, ClientIdentity client) =>
        (proof != IdentityProof.Password || Users is not { } users || users.Contains(client.UserName!)) && FindBan(client) is null;

    /// <summary>Whether a client is kept out, by a ban or because it flaps.</summary>
    internal bool IsBanned(ClientIdentity client) => FindBan(client) is not null || _flapping.IsBanned(client);

    /// <summary>Counts a client's connection; false when it flaps, and is kept out from now on.</summary>
    internal bool TryConnect(ClientIdentity client) => _flapping.TryConnect(client);

    /// <summary>Lets nobody wait for an answer any longer, as the gateway stops.</summary>
    internal void Stop() => _passwords.Stop();

    private string? NameIn(ClientCertificate certificate) => CertificateIdentity switch
    {
        CertificateIdentity.CommonName => certificate.CommonName,
        CertificateIdentity.DistinguishedName => certificate.DistinguishedName,
        _ => certificate.AlternativeNames is [var first, ..] ? first : null,
    };

    /// <summary>Asks those that read CONNECT, in order, until one says yes or no. Who gave a name or a token that nobody knows is refused.</summary>
    private ValueTask<Admission> AdmitByChain(ConnectRequest request)
    {
        var address = ClientIdentity.AddressOf(request.Peer);
        var users = Users;
        var keys = Chain.Contains(Authenticator.Jwt) ? TokenKeys : null;
        string? unknown = null;
        foreach (var authenticator in Chain)
        {
            if (authenticator == Authenticator.Jwt && keys is not null && JudgeToken(keys, request) is { Outcome: not TokenOutcome.NotMine } token)
            {
                return token.Outcome == TokenOutcome.Accepted
                    ? new(new Admission(ConnectRefusal.None, token.UserName, IdentityProof.Token, token.Grant))
                    : RefuseAsync(new Admission(ConnectRefusal.BadCredentials, token.UserName, Why: token.Why));
            }

            if (authenticator == Authenticator.Password && users is not null && request.UserName is { } user)
            {
                if (users.Contains(user))
                {
                    var verdict = _passwords.VerifyAsync(users, user, request.Password ?? default, address);
                    return verdict.IsCompletedSuccessfully ? new(ToAdmission(verdict.Result, user)) : AwaitAsync(verdict, user);
                }

                unknown = user;
            }
        }

        var isHeldToIt = (users is not null && request.UserName is not null) || (keys is not null && request is not { UserName: null, Password: null or { Length: 0 } });
        return isHeldToIt ? RefuseAsync(new Admission(ConnectRefusal.BadCredentials))
            : new(new Admission(AllowsAnonymous(address) ? ConnectRefusal.None : ConnectRefusal.NotAuthorized));

        // Where a password was asked for, a user who is not known waits as long as one with a wrong password: nobody learns who is one.
        async ValueTask<Admission> RefuseAsync(Admission refused)
        {
            var verdict = unknown is null
                ? await _passwords.JudgeAsync(isRight: false, address)
                : await _passwords.VerifyAsync(users!, unknown, request.Password ?? default, address);
            return verdict == PasswordVerdict.Busy ? refused with { Refusal = ConnectRefusal.Unavailable } : refused;
        }
    }

    private TokenVerdict JudgeToken(TokenKeys keys, ConnectRequest request)
    {
        var token = Tokens.From == TokenPlace.Password ? request.Password ?? default : Encoding.UTF8.GetBytes(request.UserName ?? "");
        return _tokens.Judge(keys, token, request.ClientId, request.UserName);
    }

    private static async ValueTask<Admission> AwaitAsync(ValueTask<PasswordVerdict> verdict, string user) => ToAdmission(await verdict, user);

    private static Admission ToAdmission(PasswordVerdict verdict, string user) => verdict switch
    {
        PasswordVerdict.Right => new(ConnectRefusal.None, user, IdentityProof.Password),
        PasswordVerdict.Busy => new(ConnectRefusal.Unavailable),
        _ => new(ConnectRefusal.BadCredentials),
    };
}
