using System.Text;
using CsCheck;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace Edge.LocalBroker.Tests.Access;

/// <summary>SCRAM (RFC 5802, RFC 7677).</summary>
public sealed class ScramTests
{
    /// <summary>RFC 7677 §3.</summary>
    private const string ClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    private const string ServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private const string ClientFinal = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private const string ServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private static readonly ScramKeys Pencil =
        ScramKeys.Derive(ScramMethod.Sha256, "pencil"u8, Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4_096);

    private static readonly Users Known = new(
        [KeyValuePair.Create("alice", User.Create("right"u8, 1_000)), KeyValuePair.Create("bob", User.Create("other"u8, 2_000))], new byte[32]);

    [Fact]
    public void The_example_of_RFC_7677()
    {
        var exchange = Exchange();

        Assert.True(exchange.TryBegin(Octets(ClientFirst), out var serverFirst));
        Assert.Equal(ServerFirst, Encoding.UTF8.GetString(serverFirst));
        Assert.Equal("user", exchange.UserName);
        Assert.True(exchange.TryFinish(Octets(ClientFinal), out var serverFinal));
        Assert.Equal(ServerFinal, Encoding.UTF8.GetString(serverFinal));
    }

    [Theory]
    [InlineData("user", "pencil", "n,,"), InlineData("user", "pencil", "y,,"), InlineData("user", "pencil", "n,a=user,")]
    [InlineData("a,b=c", "p=ss,word", "n,,"), InlineData("ä", "ö", "n,,")]
    public void A_client_that_knows_the_password_is_let_in_and_learns_that_the_server_knows_it_too(string user, string password, string header)
    {
        foreach (var method in ScramMethod.All)
        {
            var keys = ScramKeys.Create(method, Octets(password), 1_000);
            var exchange = new ScramExchange(method, _ => keys, ScramExchange.NewNonce());
            var client = new ScramClient(method, user, password, header);

            Assert.True(exchange.TryBegin(client.First, out var challenge));
            Assert.Equal(user, exchange.UserName);
            Assert.True(exchange.TryFinish(client.Final(challenge), out var signature));
            Assert.True(client.Trusts(signature));
        }
    }

    [Theory]
    [InlineData(""), InlineData("n,,"), InlineData("n,,n=user"), InlineData("n,,n=,r=x"), InlineData("n,,r=x,n=user"), InlineData("n,,n=user,r=")]
    [InlineData("n,,n=us=er,r=x"), InlineData("n,,n=us=2cer,r=x"), InlineData("n,,n=user,r=x y"), InlineData("n,,n=user,r=ä")]
    [InlineData("n,,m=ext,n=user,r=x")] // an extension that must be understood
    [InlineData("p=tls-exporter,,n=user,r=x")] // channel binding
    [InlineData("n,a=other,n=user,r=x")] // on behalf of somebody else
    [InlineData("x,,n=user,r=x")]
    public void A_first_message_that_is_not_right_is_refused(string message) => Assert.False(Exchange().TryBegin(Octets(message), out _));

    [Fact]
    public void Nor_one_that_is_too_long_or_no_text()
    {
        Assert.False(Exchange().TryBegin(Octets($"n,,n=user,r={new string('x', ScramExchange.LongestMessage)}"), out _));
        Assert.False(Exchange().TryBegin([.. "n,,n="u8, 0xFF, .. ",r=x"u8], out _));
    }

    [Theory]
    [InlineData("c=biws", "c=eSws")] // says that it cannot bind, or that the server could not
    [InlineData("$k0,p", "$k1,p")]
    [InlineData("p=d", "p=e")]
    [InlineData(",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "")]
    [InlineData("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "dHzb")]
    [InlineData("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "!")]
    [InlineData("dVQ=", "\ndVQ=")] // found by fuzzing: blanks in the middle of Base64
    [InlineData("dVQ=", "dVR=")] // bits that mean nothing
    [InlineData(",r=", ",x=1,r=")]
    [InlineData(",p=", ",x=1,p=")] // an extension that the proof does not cover
    public void A_last_message_that_is_not_right_is_refused(string part, string wrong)
    {
        var exchange = Exchange();
        exchange.TryBegin(Octets(ClientFirst), out _);

        Assert.Contains(part, ClientFinal, StringComparison.Ordinal);
        Assert.False(exchange.TryFinish(Octets(ClientFinal.Replace(part, wrong, StringComparison.Ordinal)), out _));
    }

    [Fact]
    public void The_last_message_without_the_first_is_refused() => Assert.False(Exchange().TryFinish(Octets(ClientFinal), out _));

    [Fact]
    public void Whatever_a_client_says_nothing_throws() =>
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Int[0, 60], Gen.Int[0, 110], Gen.Byte).Sample(
            (any, first, last, octet) =>
            {
                var (begin, end) = (Octets(ClientFirst), Octets(ClientFinal));
                begin[first % begin.Length] = octet;
                end[last % end.Length] ^= (byte)(octet | 1);
                var exchange = Exchange();
                exchange.TryBegin(any, out _);
                exchange.TryFinish(any, out _);
                exchange.TryBegin(begin, out _);
                exchange = Exchange();
                exchange.TryBegin(Octets(ClientFirst), out _);
                Assert.False(exchange.TryFinish(end, out _));
            },
            iter: 20_000);

    [Fact]
    public void Keys_are_read_back_and_others_are_not()
    {
        foreach (var (method, other) in new[] { (ScramMethod.Sha256, ScramMethod.Sha512), (ScramMethod.Sha512, ScramMethod.Sha256) })
        {
            var made = ScramKeys.Create(method, "p"u8, 1_000);
            Assert.True(ScramKeys.TryParse(method, made.ToText(), out var read));
            Assert.Equal(made, read);
            Assert.False(ScramKeys.TryParse(other, made.ToText(), out _));
            Assert.Equal(method.Name.ToLowerInvariant(), made.ToString());
        }
    }

    [Fact]
    public void A_name_that_is_no_user_looks_like_one_and_always_the_same()
    {
        var later = new Users([KeyValuePair.Create("carol", User.Create("x"u8, 2_000)), .. Known.All], new byte[32]);
        foreach (var name in Enumerable.Range(0, 50).Select(number => $"nobody-{number}"))
        {
            var (one, again) = (Known.KeysFor(ScramMethod.Sha256, name), later.KeysFor(ScramMethod.Sha256, name));
            Assert.Equal(one.Salt, again.Salt);
            Assert.Equal(16, one.Salt.Length);
            Assert.Contains(one.Iterations, new[] { 1_000, 2_000 });
            Assert.NotEqual(one.Salt, Known.KeysFor(ScramMethod.Sha512, name).Salt);
            Assert.Equal(one.Iterations, Known.KeysFor(ScramMethod.Sha256, name).Iterations);
        }

        Assert.Equal(100, Enumerable.Range(0, 100).Select(number => Convert.ToHexString(Known.KeysFor(ScramMethod.Sha256, $"{number}").Salt)).Distinct().Count());
        Assert.NotEqual(
            new Users([]).KeysFor(ScramMethod.Sha256, "nobody").Salt, new Users([]).KeysFor(ScramMethod.Sha256, "nobody").Salt);
    }

    [Fact]
    public async Task Who_proves_to_be_a_user_connects_as_that_user_whatever_the_packet_says()
    {
        using var broker = Broker(out var access);
        var request = Request("alice");

        var (outcome, exchange) = await AuthenticateAsync(broker, request, "alice", "right");
        Assert.Equal(AuthenticationOutcome.Success, outcome);

        var client = await broker.ConnectAsync(request with { UserName = "bob", Password = "wrong"u8.ToArray(), Authentication = exchange });
        var again = client.Session.BeginReauthentication(ScramMethod.Sha512.Name)!;
        Assert.Equal(AuthenticationOutcome.Success, await StepAsync(broker, again, new ScramClient(ScramMethod.Sha512, "alice", "right")));
        Assert.Null(client.Sink.Detached);

        access.Users = new Users([]);
        Assert.Equal(1, broker.Broker.DetachUnwelcome());
    }

    [Fact]
    public async Task Nobody_becomes_another_user_on_the_way()
    {
        using var broker = Broker();
        var request = Request("c");
        var (_, exchange) = await AuthenticateAsync(broker, request, "alice", "right");
        var client = await broker.ConnectAsync(request with { Authentication = exchange });

        var again = client.Session.BeginReauthentication(ScramMethod.Sha256.Name)!;

        Assert.Equal(AuthenticationOutcome.Refused, await StepAsync(broker, again, new ScramClient(ScramMethod.Sha256, "bob", "other")));
        Assert.Equal(["Client c of user alice did not prove once more who it is, as user bob, and is let go"], broker.Log.Lines);
        broker.Log.Lines.Clear();
    }

    [Theory]
    [InlineData("alice", "wrong"), InlineData("alice", ""), InlineData("mallory", "right")]
    public async Task Who_proves_nothing_is_refused_counted_and_kept_waiting_longer_each_time(string user, string password)
    {
        using var broker = Broker();
        for (var failures = 1; failures <= 3; failures++)
        {
            var before = broker.Clock.GetTimestamp();
            var (outcome, exchange) = await AuthenticateAsync(broker, Request("c"), user, password);

            Assert.Equal(AuthenticationOutcome.Refused, outcome);
            Assert.True(broker.Clock.GetElapsedTime(before) >= FailedAttempts.FirstDelay * (1 << (failures - 1)));
            Assert.Equal((2 * failures) - 1, broker.Broker.Metrics.ClientsRefused);
            Assert.Equal(ConnectRefusal.NotAuthorized, (await broker.Broker.ConnectAsync(Request("c") with { Authentication = exchange }, new RecordingSink())).Refusal);
            Assert.Contains($"Client c, user {user}, from 192.0.2.7:50123 is not let in: BadCredentials; said once an hour", broker.Log.Lines);
        }

        broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task Beyond_what_may_wait_of_an_address_nobody_learns_whether_a_proof_is_right()
    {
        using var broker = Broker();
        var waiting = new List<Task<AuthenticationStep>>();
        for (var i = 0; i < PasswordCheck.MostWaitingOfOne; i++)
        {
            waiting.Add(broker.Broker.BeginAuthentication(Request("c"), ScramMethod.Sha256.Name)!.ContinueAsync("wrong"u8.ToArray()).AsTask());
        }

        var (outcome, _) = await AuthenticateAsync(broker, Request("c"), "alice", "right");
        Assert.Equal(AuthenticationOutcome.Unavailable, outcome);
        Assert.Equal(1, broker.Broker.Metrics.ClientsRefusedFor(ConnectRefusal.Unavailable));
        var elsewhere = await AuthenticateAsync(broker, Request("c") with { Peer = "198.51.100.1:1" }, "alice", "right");
        Assert.Equal(AuthenticationOutcome.Success, elsewhere.Outcome);

        broker.Clock.Advance(FailedAttempts.LongestDelay);
        Assert.All(await Task.WhenAll(waiting), step => Assert.Equal(AuthenticationOutcome.Refused, step.Outcome));
        Assert.Equal(AuthenticationOutcome.Success, (await AuthenticateAsync(broker, Request("c"), "alice", "right")).Outcome);
        broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task A_half_finished_exchange_or_anothers_lets_nobody_in()
    {
        using var broker = Broker();
        using var other = Broker();
        var (_, foreign) = await AuthenticateAsync(other, Request("c"), "alice", "right");
        var half = broker.Broker.BeginAuthentication(Request("c"), ScramMethod.Sha256.Name)!;
        await half.ContinueAsync(new ScramClient(ScramMethod.Sha256, "alice", "right").First);

        foreach (var exchange in new[] { foreign, half })
        {
            var outcome = await broker.Broker.ConnectAsync(Request("c") with { Authentication = exchange }, new RecordingSink());
            Assert.Equal(ConnectRefusal.NotAuthorized, outcome.Refusal);
        }

        broker.Log.Lines.Clear();
    }

    [Theory]
    [InlineData("SCRAM-SHA-1"), InlineData("scram-sha-256"), InlineData("SCRAM-SHA-256-PLUS"), InlineData("")]
    public void Other_methods_are_not_offered(string method)
    {
        using var broker = Broker(out var access);

        Assert.Null(broker.Broker.BeginAuthentication(Request("c"), method));
        access.Users = null;
        Assert.Null(broker.Broker.BeginAuthentication(Request("c"), "SCRAM-SHA-256"));
        Assert.Equal(2, broker.Broker.Metrics.ClientsRefused);
        broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task What_is_not_in_the_chain_lets_nobody_in_and_anonymous_clients_need_none_of_it()
    {
        var clock = new FakeTimeProvider();
        using var byScram = new TestBroker(
            clock: clock, access: new AccessControl(AnonymousAccess.Everyone, clock) { Users = Known, Chain = [Authenticator.Scram] });
        var withPassword = Request("c") with { UserName = "alice", Password = "right"u8.ToArray() };

        var refused = byScram.Broker.ConnectAsync(withPassword, new RecordingSink()).AsTask();
        await clock.AdvanceUntilAsync(refused, FailedAttempts.FirstDelay);
        Assert.Equal(ConnectRefusal.BadCredentials, (await refused).Refusal);
        Assert.Equal(AuthenticationOutcome.Success, (await AuthenticateAsync(byScram, Request("c"), "alice", "right")).Outcome);
        await byScram.ConnectAsync(Request("sensor") with { Protocol = "MQTT-SN 1.2" });
        byScram.Log.Lines.Clear();

        using var byPassword = new TestBroker(
            clock: clock, access: new AccessControl(AnonymousAccess.Everyone, clock) { Users = Known, Chain = [Authenticator.Password] });
        Assert.Null(byPassword.Broker.BeginAuthentication(Request("c"), ScramMethod.Sha256.Name));
        await byPassword.ConnectAsync(withPassword);
        await byPassword.ConnectAsync(Request("sensor") with { Protocol = "MQTT-SN 1.2" });
        byPassword.Log.Lines.Clear();
    }

    private static ScramExchange Exchange() => new(ScramMethod.Sha256, _ => Pencil, ServerNonce);

    private static TestBroker Broker() => Broker(out _);

    private static TestBroker Broker(out AccessControl access)
    {
        var clock = new FakeTimeProvider();
        access = new AccessControl(AnonymousAccess.Nobody, clock) { Users = Known };
        return new TestBroker(clock: clock, access: access);
    }

    private static ConnectRequest Request(string clientId) => new() { ClientId = clientId, Peer = "192.0.2.7:50123", Protocol = "MQTT 5.0" };

    private static async Task<(AuthenticationOutcome Outcome, IAuthenticationExchange Exchange)> AuthenticateAsync(
        TestBroker broker, ConnectRequest request, string user, string password)
    {
        var exchange = broker.Broker.BeginAuthentication(request, ScramMethod.Sha256.Name)!;
        return (await StepAsync(broker, exchange, new ScramClient(ScramMethod.Sha256, user, password)), exchange);
    }

    private static async Task<AuthenticationOutcome> StepAsync(TestBroker broker, IAuthenticationExchange exchange, ScramClient client)
    {
        var challenge = await exchange.ContinueAsync(client.First);
        Assert.Equal(AuthenticationOutcome.Continue, challenge.Outcome);
        var answer = exchange.ContinueAsync(client.Final(challenge.Data.Span)).AsTask();
        await broker.Clock.AdvanceUntilAsync(answer, FailedAttempts.FirstDelay);
        Assert.True((await answer).Outcome != AuthenticationOutcome.Success || client.Trusts((await answer).Data.Span));
        return (await answer).Outcome;
    }

    private static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text);
}
