using System.Diagnostics;
using System.Text;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace Edge.LocalBroker.Tests.Access;

/// <summary>Who is let in.</summary>
public sealed class AdmissionTests : IDisposable
{
    private const string Loopback = "127.0.0.1:40000";
    private const string Remote = "192.0.2.7:40000";

    private readonly FakeTimeProvider _clock = new();
    private readonly List<AccessControl> _all = [];

    private static readonly ClientCertificate Press = new()
    {
        DistinguishedName = "CN=press-7,O=Example",
        CommonName = "press-7",
        AlternativeNames = ["press-7.example.com", "192.0.2.7"],
    };

    private static readonly Users Known = UsersOf(("alice", "right"), ("bob", "other"));

    public void Dispose() => _all.ForEach(access => access.Dispose());

    [Theory]
    [InlineData(AnonymousAccess.Everyone, Remote, true)]
    [InlineData(AnonymousAccess.Everyone, "", true)]
    [InlineData(AnonymousAccess.Loopback, Loopback, true)]
    [InlineData(AnonymousAccess.Loopback, "[::1]:40000", true)]
    [InlineData(AnonymousAccess.Loopback, "[::ffff:127.0.0.1]:40000", true)]
    [InlineData(AnonymousAccess.Loopback, Remote, false)]
    [InlineData(AnonymousAccess.Loopback, "field", true)]
    [InlineData(AnonymousAccess.Nobody, Loopback, false)]
    public async Task Who_says_nothing_of_itself_is_let_in_where_anonymous_clients_are(AnonymousAccess anonymous, string peer, bool isLetIn)
    {
        var expected = new Admission(isLetIn ? ConnectRefusal.None : ConnectRefusal.NotAuthorized);

        Assert.Equal(expected, await Access(anonymous, Known).AdmitAsync(Request(null, null, peer)));
        Assert.Equal(expected, await Access(anonymous, null).AdmitAsync(Request(null, null, peer)));
    }

    [Theory]
    [InlineData(AnonymousAccess.Everyone, true)]
    [InlineData(AnonymousAccess.Nobody, false)]
    public async Task Without_users_a_name_proves_nothing_and_counts_for_nothing(AnonymousAccess anonymous, bool isLetIn) => Assert.Equal(
        new Admission(isLetIn ? ConnectRefusal.None : ConnectRefusal.NotAuthorized),
        await Access(anonymous, null).AdmitAsync(Request("alice", "right", Remote)));

    [Fact]
    public async Task The_right_password_lets_in_as_the_user() =>
        Assert.Equal(new Admission(ConnectRefusal.None, "alice", IdentityProof.Password), await Access(AnonymousAccess.Nobody, Known).AdmitAsync(Request("alice", "right", Remote)));

    [Fact]
    public async Task A_pre_shared_key_lets_in_as_the_user_of_its_identity_whatever_name_was_given() => Assert.Equal(
        new Admission(ConnectRefusal.None, "press-7", IdentityProof.PreSharedKey),
        await Access(AnonymousAccess.Nobody, Known).AdmitAsync(Request("alice", "wrong", Remote) with { PskIdentity = "press-7" }));

    [Theory]
    [InlineData("press-7", "press-7", true), InlineData("press-8", "press-7", false), InlineData("", "press-7", false), InlineData("press-7", null, false)]
    public async Task Who_is_bound_to_its_user_takes_nobody_elses_session(string clientId, string? identity, bool isLetIn)
    {
        using var broker = new TestBroker();
        var request = new ConnectRequest { ClientId = clientId, PskIdentity = identity, IsBoundToUser = true, Peer = Loopback };

        var outcome = await broker.Broker.ConnectAsync(request, new RecordingSink());

        Assert.Equal(isLetIn ? ConnectRefusal.None : ConnectRefusal.NotAuthorized, outcome.Refusal);
        Assert.Equal(isLetIn ? 1 : 0, broker.Broker.Snapshot().Sessions);
        broker.Log.Lines.Clear();
    }

    [Theory]
    [InlineData(CertificateIdentity.CommonName, "press-7")]
    [InlineData(CertificateIdentity.DistinguishedName, "CN=press-7,O=Example")]
    [InlineData(CertificateIdentity.AlternativeName, "press-7.example.com")]
    public async Task A_certificate_lets_in_as_whom_it_names_whatever_else_the_client_says(CertificateIdentity identity, string name)
    {
        var access = Access(AnonymousAccess.Nobody, Known, identity);

        var admission = await access.AdmitAsync(Request("alice", "wrong", Remote) with { Certificate = Press });

        Assert.Equal(new Admission(ConnectRefusal.None, name, IdentityProof.Certificate), admission);
        Assert.True(access.Keeps(admission.Proof, new ClientIdentity("c", name, null)));
    }

    [Theory]
    [InlineData(CertificateIdentity.CommonName)]
    [InlineData(CertificateIdentity.DistinguishedName)]
    [InlineData(CertificateIdentity.AlternativeName)]
    public async Task A_certificate_without_the_name_asked_for_lets_nobody_in(CertificateIdentity identity) => Assert.Equal(
        new Admission(ConnectRefusal.BadCredentials),
        await Access(AnonymousAccess.Everyone, null, identity).AdmitAsync(Request(null, null, Remote) with { Certificate = new() { DistinguishedName = "" } }));

    [Fact]
    public async Task A_certificate_names_nobody_unless_told_to() => Assert.Equal(
        new Admission(ConnectRefusal.NotAuthorized),
        await Access(AnonymousAccess.Nobody, Known).AdmitAsync(Request(null, null, Remote) with { Certificate = Press }));

    [Fact]
    public async Task Without_a_certificate_a_password_is_asked_for_as_ever() => Assert.Equal(
        new Admission(ConnectRefusal.None, "alice", IdentityProof.Password),
        await Access(AnonymousAccess.Nobody, Known, CertificateIdentity.CommonName).AdmitAsync(Request("alice", "right", Remote)));

    [Theory]
    [InlineData("alice", "wrong")]
    [InlineData("alice", "other")]
    [InlineData("alice", "")]
    [InlineData("alice", null)]
    [InlineData("ALICE", "right")]
    [InlineData("mallory", "right")]
    [InlineData("", "right")]
    public async Task Wrong_credentials_are_refused_even_where_anonymous_clients_are_let_in(string user, string? password)
    {
        var admission = Access(AnonymousAccess.Everyone, Known).AdmitAsync(Request(user, password, Loopback)).AsTask();

        await _clock.AdvanceUntilAsync(admission, FailedAttempts.LongestDelay);
        Assert.Equal(new Admission(ConnectRefusal.BadCredentials), await admission);
    }

    [Fact]
    public async Task A_password_too_long_to_be_looked_at_is_wrong()
    {
        var access = Access(AnonymousAccess.Nobody, UsersOf(("alice", "")));

        var admission = access.AdmitAsync(Request("alice", new string('x', PasswordCheck.LongestPassword + 1), Loopback)).AsTask();

        await _clock.AdvanceUntilAsync(admission, FailedAttempts.LongestDelay);
        Assert.Equal(ConnectRefusal.BadCredentials, (await admission).Refusal);
    }

    [Fact]
    public async Task The_answer_to_a_wrong_password_waits()
    {
        var access = Access(AnonymousAccess.Nobody, Known);
        var admission = access.AdmitAsync(Request("alice", "wrong", Remote)).AsTask();

        // The right one from the same address does not; as both take their turn at one worker, the wrong one has been looked at by then or soon.
        Assert.Equal(ConnectRefusal.None, (await access.AdmitAsync(Request("bob", "other", Remote))).Refusal);
        Assert.False(admission.IsCompleted);
        await _clock.AdvanceUntilAsync(admission, FailedAttempts.LongestDelay);
    }

    [Fact]
    public async Task A_user_verified_before_is_let_in_at_once_until_the_password_is_another()
    {
        var access = Access(AnonymousAccess.Nobody, Known);
        await access.AdmitAsync(Request("alice", "right", Remote));

        Assert.True(access.AdmitAsync(Request("alice", "right", Remote)).AsTask().IsCompletedSuccessfully);
        access.Users = UsersOf(("alice", "new"));
        var old = access.AdmitAsync(Request("alice", "right", Remote)).AsTask();

        await _clock.AdvanceUntilAsync(old, FailedAttempts.LongestDelay);
        Assert.Equal(ConnectRefusal.BadCredentials, (await old).Refusal);
        Assert.Equal(ConnectRefusal.None, (await access.AdmitAsync(Request("alice", "new", Remote))).Refusal);
    }

    [Fact]
    public async Task A_thousand_clients_of_one_user_that_come_again_cost_no_hash()
    {
        using var check = new PasswordCheck(_clock);
        await check.VerifyAsync(Known, "alice", "right"u8.ToArray(), null);

        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(PasswordVerdict.Right, await check.VerifyAsync(Known, "alice", "right"u8.ToArray(), null));
        }

        Assert.Equal(1, check.HashesMade);
    }

    [Fact]
    public async Task An_unknown_user_costs_a_hash_like_a_known_one()
    {
        using var check = new PasswordCheck(_clock);

        foreach (var user in (string[])["alice", "mallory"])
        {
            var before = check.HashesMade;
            await _clock.AdvanceUntilAsync(check.VerifyAsync(Known, user, "wrong"u8.ToArray(), null).AsTask(), FailedAttempts.LongestDelay);
            Assert.Equal(1, check.HashesMade - before);
        }

        Assert.Equal(Known.HashFor("alice").Iterations, Known.HashFor("mallory").Iterations);
    }

    [Fact]
    public async Task A_flood_of_wrong_passwords_is_turned_away_and_holds_nobody_else_up()
    {
        using var broker = new TestBroker(clock: _clock, access: Access(AnonymousAccess.Everyone, UsersOf(200_000, ("alice", "right"))));
        var watch = Stopwatch.StartNew();
        var flood = Enumerable.Range(0, 2_000).Select(i => broker.Broker.ConnectAsync(
            Request("alice", "wrong", Remote) with { ClientId = $"c{i}" }, new RecordingSink()).AsTask()).ToList();

        Assert.True(broker.Broker.ConnectAsync(Request(null, null, Remote), new RecordingSink()).AsTask().IsCompletedSuccessfully);
        Assert.Equal(2_000 - PasswordCheck.MostWaitingOfOne, flood.Count(connect => connect.IsCompleted));
        var elsewhere = broker.Broker.ConnectAsync(Request("alice", "wrong", Loopback), new RecordingSink()).AsTask();
        Assert.False(elsewhere.IsCompleted);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Names.Limit);

        broker.Broker.DetachAll();
        Assert.All(await Task.WhenAll([.. flood, elsewhere]), outcome => Assert.Equal(ConnectRefusal.Unavailable, outcome.Refusal));
        Assert.Equal(2_001, broker.Broker.Metrics.ClientsRefused);
    }

    [Fact]
    public async Task A_refusal_is_said_once_for_a_client_and_without_its_password()
    {
        using var broker = new TestBroker(access: Access(AnonymousAccess.Nobody, Known));

        foreach (var clientId in (string[])["c1", "c1", "c2"])
        {
            var refusal = broker.Broker.ConnectAsync(Request("alice", "wrong", Remote) with { ClientId = clientId }, new RecordingSink()).AsTask();
            await _clock.AdvanceUntilAsync(refusal, FailedAttempts.LongestDelay);
            Assert.Equal(ConnectRefusal.BadCredentials, (await refusal).Refusal);
        }

        Assert.Equal(3, broker.Broker.Metrics.ClientsRefused);
        Assert.Equal(
            [
                $"Client c1, user alice, from {Remote} is not let in: BadCredentials; said once an hour",
                $"Client c2, user alice, from {Remote} is not let in: BadCredentials; said once an hour",
            ],
            broker.Log.Lines);
        broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task A_client_whose_user_is_removed_is_let_go_and_others_stay()
    {
        var access = Access(AnonymousAccess.Everyone, Known);
        using var broker = new TestBroker(access: access);
        var alice = await broker.ConnectAsync(Request("alice", "right", Remote) with { ClientId = "a" });
        var bob = await broker.ConnectAsync(Request("bob", "other", Remote) with { ClientId = "b" });
        var nobody = await broker.ConnectAsync(Request(null, null, Remote) with { ClientId = "n" });

        access.Users = UsersOf(("bob", "changed"));

        Assert.Equal(1, broker.Broker.DetachUnwelcome());
        Assert.Equal(DetachReason.Administrative, alice.Sink.Detached);
        Assert.Null(bob.Sink.Detached);
        Assert.Null(nobody.Sink.Detached);
    }

    [Fact]
    public async Task A_session_is_its_users_and_not_its_ClientIds()
    {
        using var broker = new TestBroker(access: await AccessOfVerifiedAsync());
        var request = Request("alice", "right", Remote) with { ClientId = "c", CleanStart = false, SessionExpiry = Names.Hour };
        var alice = await broker.ConnectAsync(request);
        await alice.SubscribeAsync("secret/#");
        alice.Lose();
        await broker.PublishAsync("secret/x", qos: QualityOfService.AtLeastOnce);

        using var after = broker.Crash(await AccessOfVerifiedAsync());
        var again = await after.ConnectAsync(request);
        Assert.True(again.SessionPresent);
        Assert.Single(again.Take());
        var bob = await after.ConnectAsync(Request("bob", "other", Remote) with { ClientId = "c", CleanStart = false });

        Assert.False(bob.SessionPresent);
        Assert.Empty(bob.Take());
        Assert.Empty(bob.Session.Subscriptions);
        Assert.Equal(DetachReason.TakenOver, again.Sink.Detached);
    }

    /// <summary>Has verified both before, so that the broker's answers wait for the store alone.</summary>
    private async Task<AccessControl> AccessOfVerifiedAsync()
    {
        var access = Access(AnonymousAccess.Everyone, Known);
        await access.AdmitAsync(Request("alice", "right", Remote));
        await access.AdmitAsync(Request("bob", "other", Remote));
        return access;
    }

    private static ConnectRequest Request(string? user, string? password, string peer) => new()
    {
        ClientId = "",
        UserName = user,
        Password = password is null ? null : Encoding.UTF8.GetBytes(password),
        Peer = peer,
    };

    private static Users UsersOf(params (string Name, string Password)[] users) => UsersOf(PasswordHash.LeastIterations, users);

    private static Users UsersOf(int iterations, params (string Name, string Password)[] users) => new(users.Select(
        user => KeyValuePair.Create(user.Name, new User(PasswordHash.Create(Encoding.UTF8.GetBytes(user.Password), iterations)))));

    private AccessControl Access(AnonymousAccess anonymous, Users? users, CertificateIdentity identity = CertificateIdentity.None)
    {
        var access = new AccessControl(anonymous, _clock) { Users = users, CertificateIdentity = identity };
        _all.Add(access);
        return access;
    }
}
