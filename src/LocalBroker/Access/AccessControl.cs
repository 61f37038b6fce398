using System.Net;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>Who may come in and what they may do. What it goes by can be replaced at any time; each decision takes what holds at that moment.</summary>
public sealed class AccessControl : IDisposable
{
    private readonly AnonymousAccess _anonymous;
    private readonly TimeProvider _clock;
    private readonly PasswordCheck _passwords;
    private readonly Flapping _flapping;
    private volatile Users? _users;
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
    }

    /// <summary>What a client is told of a subscription that is denied: <see cref="SubscribeOutcome.NotAuthorized"/>, or nothing more than that it is refused.</summary>
    public SubscribeOutcome SubscribeRefusal { get; init; } = SubscribeOutcome.NotAuthorized;

    /// <summary>What of a client's certificate is the name of its user. A client that shows one is that user, and no password is asked of it.</summary>
    public CertificateIdentity CertificateIdentity { get; init; }

    /// <summary>Every way there is.</summary>
    public static IReadOnlyList<Authenticator> WholeChain { get; } = [Authenticator.Scram, Authenticator.Password];

    /// <summary>The ways in which users may prove who they are; one that is not there, or for which there are no users, lets nobody in.</summary>
    public IReadOnlyList<Authenticator> Chain { get; init; } = WholeChain;

    /// <summary>Who may come in by a password; null when nobody can, and what clients say of themselves counts for nothing.</summary>
    public Users? Users
    {
        get => _users;
        set => _users = value;
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
        foreach (var ban in _bans)
        {
            if (ban.Holds(client, _clock.GetUtcNow()))
            {
                return ban;
            }
        }

        return null;
    }

    /// <summary>Whether a client without credentials is let in from an address.</summary>
    public bool AllowsAnonymous(IPAddress? address) => _anonymous switch
    {
        AnonymousAccess.Everyone => true,
        AnonymousAccess.Loopback => address is not null && IPAddress.IsLoopback(address),
        _ => false,
    };

    /// <inheritdoc/>
    public void Dispose() => _passwords.Dispose();

    /// <summary>Whether to let a client in, and as whom.</summary>
    internal ValueTask<Admission> AdmitAsync(ConnectRequest request)
    {
        if (request.Queue is not null)
        {
            return new(new Admission(ConnectRefusal.None)); // The gateway itself.
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

        var address = ClientIdentity.AddressOf(request.Peer);
        if (request.UserName is not { } user || Users is not { } users)
        {
            return new(new Admission(AllowsAnonymous(address) ? ConnectRefusal.None : ConnectRefusal.NotAuthorized));
        }

        if (!Chain.Contains(Authenticator.Password))
        {
            return new(new Admission(ConnectRefusal.BadCredentials)); // It is held to the name it gave, and nobody knows the name.
        }

        var verdict = _passwords.VerifyAsync(users, user, request.Password ?? default, address);
        return verdict.IsCompletedSuccessfully ? new(ToAdmission(verdict.Result, user)) : AwaitAsync(verdict, user);
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
    internal bool Keeps(Admission admission, ClientIdentity client) =>
        (admission.Proof != IdentityProof.Password || Users is not { } users || users.Contains(admission.UserName!)) && FindBan(client) is null;

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

    private static async ValueTask<Admission> AwaitAsync(ValueTask<PasswordVerdict> verdict, string user) => ToAdmission(await verdict, user);

    private static Admission ToAdmission(PasswordVerdict verdict, string user) => verdict switch
    {
        PasswordVerdict.Right => new(ConnectRefusal.None, user, IdentityProof.Password),
        PasswordVerdict.Busy => new(ConnectRefusal.Unavailable),
        _ => new(ConnectRefusal.BadCredentials),
    };
}
