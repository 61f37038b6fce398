using System.Text;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace Edge.LocalBroker.Tests.Access.Tokens;

/// <summary>Who is let in by a token, and how tokens and passwords stand beside each other.</summary>
public sealed class TokenAdmissionTests : IDisposable
{
    private const string Remote = "192.0.2.7:40000";
    private const string Good = "\"sub\":\"press-7\"";
    private const string Expired = "\"sub\":\"press-7\",\"exp\":1";

    private static readonly Users Known = new([KeyValuePair.Create("alice", User.Create("right"u8, 1_000))]);
    private static readonly Authenticator[] TokensFirst = [Authenticator.Jwt, Authenticator.Scram, Authenticator.Password];
    private static readonly Authenticator[] PasswordsFirst = [Authenticator.Password, Authenticator.Jwt];

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly List<AccessControl> _all = [];

    public void Dispose() => _all.ForEach(access => access.Dispose());

    [Theory]
    [InlineData(null), InlineData("somebody"), InlineData("alice")]
    public async Task A_token_lets_in_as_the_user_whom_it_names_whatever_the_client_says(string? userName)
    {
        var admission = await Access(TokensFirst).AdmitAsync(Request(userName, TestToken.Of(Good)));

        Assert.Equal(new Admission(ConnectRefusal.None, "press-7", IdentityProof.Token, new TokenGrant(null)), admission);
    }

    [Fact]
    public async Task A_token_may_stand_in_the_place_of_the_user_name()
    {
        var access = Access(TokensFirst, options: new TokenOptions { From = TokenPlace.UserName });

        Assert.Equal("press-7", (await access.AdmitAsync(Request(Encoding.ASCII.GetString(TestToken.Of(Good)), null))).UserName);
        Assert.Equal("alice", (await access.AdmitAsync(Request("alice", "right"u8.ToArray()))).UserName);
        Assert.Equal(ConnectRefusal.BadCredentials, (await JudgedAsync(access, Request(null, TestToken.Of(Good)))).Refusal);
    }

    [Theory]
    [InlineData("tokens", "alice", "right", ConnectRefusal.None)]
    [InlineData("tokens", "alice", "wrong", ConnectRefusal.BadCredentials)]
    [InlineData("tokens", "mallory", "right", ConnectRefusal.BadCredentials)]
    [InlineData("tokens", null, "right", ConnectRefusal.BadCredentials)] // no token, no user: it gave something, and that is nothing
    [InlineData("tokens", null, null, ConnectRefusal.None)]
    [InlineData("passwords", "alice", "right", ConnectRefusal.None)]
    [InlineData("passwords", "alice", "token", ConnectRefusal.BadCredentials)] // it is alice who is asked for her password
    [InlineData("passwords", "mallory", "token", ConnectRefusal.None)]
    [InlineData("passwords", null, "token", ConnectRefusal.None)]
    [InlineData("passwords", "mallory", "wrong", ConnectRefusal.BadCredentials)]
    [InlineData("jwt", "alice", "right", ConnectRefusal.BadCredentials)] // there are users, and none of them is asked for
    [InlineData("jwt", "alice", "token", ConnectRefusal.None)]
    [InlineData("scram", "alice", "right", ConnectRefusal.BadCredentials)]
    [InlineData("scram", "alice", "token", ConnectRefusal.BadCredentials)]
    [InlineData("scram", null, null, ConnectRefusal.None)]
    public async Task Each_answers_in_its_turn_and_who_is_known_to_none_of_them_is_refused(string chain, string? user, string? password, ConnectRefusal expected)
    {
        Authenticator[] order = chain switch { "tokens" => TokensFirst, "passwords" => PasswordsFirst, "jwt" => [Authenticator.Jwt], _ => [Authenticator.Scram] };

        var given = password is null ? null : password == "token" ? TestToken.Of(Good) : Encoding.UTF8.GetBytes(password);
        Assert.Equal(expected, (await JudgedAsync(Access(order, AnonymousAccess.Everyone), Request(user, given))).Refusal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_token_of_ours_that_is_wrong_is_refused_whoever_else_might_take_it(bool isFirst)
    {
        var access = Access(isFirst ? TokensFirst : PasswordsFirst, AnonymousAccess.Everyone, UsersWith(TestToken.Of(Expired)));

        var admission = await JudgedAsync(access, Request("mallory", TestToken.Of(Expired)));

        Assert.Equal(new Admission(ConnectRefusal.BadCredentials, "press-7", Why: "it has expired (claim exp)"), admission);
    }

    [Fact]
    public async Task A_token_of_somebody_else_may_be_a_password()
    {
        var foreign = Encoding.ASCII.GetBytes(ForeignTokens.OfNode("HS256"));

        Assert.Equal(IdentityProof.Password, (await Access(TokensFirst, users: UsersWith(foreign)).AdmitAsync(Request("alice", foreign))).Proof);
    }

    [Fact]
    public async Task Without_keys_a_token_is_a_password_like_another()
    {
        var access = Access(TokensFirst, AnonymousAccess.Everyone);
        access.TokenKeys = null;

        Assert.Equal(new Admission(ConnectRefusal.None), await access.AdmitAsync(Request(null, TestToken.Of(Good))));
        Assert.Equal(ConnectRefusal.BadCredentials, (await JudgedAsync(access, Request("press-7", TestToken.Of(Good)))).Refusal);
    }

    [Fact]
    public async Task Nobody_learns_by_the_time_it_takes_who_is_a_user()
    {
        foreach (var chain in (Authenticator[][])[TokensFirst, PasswordsFirst, [Authenticator.Password]])
        {
            foreach (var user in (string[])["alice", "mallory"])
            {
                var access = Access(chain);
                await JudgedAsync(access, Request(user, "wrong"u8.ToArray()));
                Assert.Equal(1, access.HashesMade);
            }
        }

        // A token that is refused after the password was asked for tells nothing either.
        var after = Access(PasswordsFirst);
        await JudgedAsync(after, Request("mallory", TestToken.Of(Expired)));
        Assert.Equal(1, after.HashesMade);
    }

    [Theory]
    [InlineData(Expired), InlineData(null)]
    public async Task The_answer_to_a_wrong_token_waits_and_ever_longer(string? claims)
    {
        var access = Access([Authenticator.Jwt]);
        var request = Request(null, claims is null ? Encoding.ASCII.GetBytes(ForeignTokens.OfNode("HS256")) : TestToken.Of(claims));
        for (var delay = FailedAttempts.FirstDelay; delay < TimeSpan.FromSeconds(1); delay *= 2)
        {
            var admission = access.AdmitAsync(request).AsTask();
            _clock.Advance(delay - TimeSpan.FromMilliseconds(1));
            Assert.False(admission.IsCompleted);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(ConnectRefusal.BadCredentials, (await admission).Refusal);
        }
    }

    [Fact]
    public async Task Too_many_that_wait_are_told_to_come_again()
    {
        var access = Access([Authenticator.Jwt]);
        var flood = Enumerable.Range(0, PasswordCheck.MostWaitingOfOne + 1).Select(_ => access.AdmitAsync(Request(null, TestToken.Of(Expired))).AsTask()).ToList();

        Assert.Equal(ConnectRefusal.Unavailable, (await flood[^1]).Refusal);
        Assert.Equal(1, flood.Count(admission => admission.IsCompleted));
        Assert.Equal(ConnectRefusal.None, (await access.AdmitAsync(Request(null, TestToken.Of(Good)))).Refusal);
        access.Stop();
    }

    [Fact]
    public async Task The_log_says_once_why_a_token_is_not_taken_and_shows_nothing_of_it()
    {
        var access = Access(TokensFirst, AnonymousAccess.Everyone, options: new TokenOptions { From = TokenPlace.UserName });
        using var broker = new TestBroker(access: access);
        var foreign = ForeignTokens.OfNode("HS256");
        var expired = Encoding.ASCII.GetString(TestToken.Of(Expired));
        foreach (var token in (string[])[expired, foreign, expired])
        {
            var refusal = broker.Broker.ConnectAsync(Request(token, null), new RecordingSink()).AsTask();
            await _clock.AdvanceUntilAsync(refusal, FailedAttempts.LongestDelay);
            Assert.Equal(ConnectRefusal.BadCredentials, (await refusal).Refusal);
        }

        Assert.Equal(
            [
                $"The token of client c, user press-7, from {Remote} is not taken: it has expired (claim exp); said once an hour",
                $"Client c, user press-7, from {Remote} is not let in: BadCredentials; said once an hour",
                $"Client c, user (a token), from {Remote} is not let in: BadCredentials; said once an hour",
            ],
            broker.Log.Lines);
        broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task Who_came_by_a_token_stays_when_users_and_keys_change_and_needs_a_token_of_the_new_keys_to_come_again()
    {
        var access = Access(TokensFirst);
        using var broker = new TestBroker(clock: _clock, access: access);
        var client = await broker.ConnectAsync(Request(null, TestToken.Of(Good)));

        access.Users = new Users([]);
        access.TokenKeys = ForeignTokens.Keys(ForeignTokens.OfNode("jwks"));

        Assert.Equal(0, broker.Broker.DetachUnwelcome());
        Assert.Null(client.Sink.Detached);
        Assert.Equal(ConnectRefusal.BadCredentials, (await JudgedAsync(access, Request(null, TestToken.Of(Good)))).Refusal);
        Assert.Equal("press-7", (await access.AdmitAsync(Request(null, Encoding.ASCII.GetBytes(ForeignTokens.OfNode("ES256"))))).UserName);
    }

    [Fact]
    public async Task A_certificate_that_names_its_user_comes_first()
    {
        var access = new AccessControl(AnonymousAccess.Nobody, _clock) { CertificateIdentity = CertificateIdentity.CommonName, TokenKeys = TestToken.Keys };
        _all.Add(access);

        var admission = await access.AdmitAsync(Request(null, TestToken.Of(Good)) with { Certificate = new ClientCertificate { DistinguishedName = "CN=drill", CommonName = "drill" } });

        Assert.Equal(new Admission(ConnectRefusal.None, "drill", IdentityProof.Certificate), admission);
    }

    [Fact]
    public async Task A_ban_of_the_user_whom_the_token_names_holds()
    {
        var access = Access(TokensFirst);
        access.Bans = [new Ban { Users = ["press-*"] }];
        using var broker = new TestBroker(clock: _clock, access: access);

        Assert.Equal(ConnectRefusal.Banned, (await broker.Broker.ConnectAsync(Request(null, TestToken.Of(Good)), new RecordingSink())).Refusal);
        broker.Log.Lines.Clear();
    }

    private AccessControl Access(Authenticator[] chain, AnonymousAccess anonymous = AnonymousAccess.Nobody, Users? users = null, TokenOptions? options = null)
    {
        var access = new AccessControl(anonymous, _clock) { Users = users ?? Known, TokenKeys = TestToken.Keys, Chain = chain, Tokens = options ?? new TokenOptions() };
        _all.Add(access);
        return access;
    }

    private async Task<Admission> JudgedAsync(AccessControl access, ConnectRequest request)
    {
        var admission = access.AdmitAsync(request).AsTask();
        await _clock.AdvanceUntilAsync(admission, FailedAttempts.LongestDelay);
        return await admission;
    }

    private static Users UsersWith(byte[] password) => new([KeyValuePair.Create("alice", User.Create(password, 1_000))]);

    private static ConnectRequest Request(string? user, byte[]? password) =>
        new() { ClientId = "c", UserName = user, Password = password is null ? default(ReadOnlyMemory<byte>?) : password, Peer = Remote };
}
