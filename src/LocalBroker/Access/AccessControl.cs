using System.Net;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>Who may come in and what they may do. What it goes by can be replaced at any time; each decision takes what holds at that moment.</summary>
public sealed class AccessControl : IDisposable
{
    private readonly AnonymousAccess _anonymous;
    private readonly PasswordCheck _passwords;
    private volatile Users? _users;
    private volatile AccessRules _rules = AccessRules.Open;

    /// <summary>Begins with what the configuration says.</summary>
    /// <param name="anonymous">Who may come in without saying who it is.</param>
    /// <param name="clock">Measures how long who gave a wrong password waits.</param>
    public AccessControl(AnonymousAccess anonymous, TimeProvider clock)
    {
        _anonymous = anonymous;
        _passwords = new PasswordCheck(clock);
    }

    /// <summary>What a client is told of a subscription that is denied: <see cref="SubscribeOutcome.NotAuthorized"/>, or nothing more than that it is refused.</summary>
    public SubscribeOutcome SubscribeRefusal { get; init; } = SubscribeOutcome.NotAuthorized;

    /// <summary>What of a client's certificate is the name of its user. A client that shows one is that user, and no password is asked of it.</summary>
    public CertificateIdentity CertificateIdentity { get; init; }

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

        var verdict = _passwords.VerifyAsync(users, user, request.Password ?? default, address);
        return verdict.IsCompletedSuccessfully ? new(ToAdmission(verdict.Result, user)) : AwaitAsync(verdict, user);
    }

    /// <summary>Whether a client that was let in may stay.</summary>
    internal bool Keeps(Admission admission) => admission.Proof != IdentityProof.Password || Users is not { } users || users.Contains(admission.UserName!);

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
