using System.Text.RegularExpressions;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Edge.LocalBroker.Rewriting;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using Microsoft.Extensions.Time.Testing;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Access.Tokens;

/// <summary>Sessions of clients that came by a token: what they may do, and when they end.</summary>
public sealed class TokenSessionTests : IDisposable
{
    private const string Limited = "\"sub\":\"press-7\",\"acl\":{\"pub\":[\"p/${clientid}/#\"],\"sub\":[\"s/+\"]}";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private TestBroker _broker;

    public TokenSessionTests() => _broker = new TestBroker(clock: _clock, access: Access());

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task The_token_says_what_its_client_may_do_where_the_access_list_leaves_everything_open()
    {
        var client = await ConnectAsync(Limited);
        var other = await _broker.ConnectAsync("other");

        Assert.Equal(
            [SubscribeOutcome.GrantedQos1, SubscribeOutcome.GrantedQos1, SubscribeOutcome.NotAuthorized, SubscribeOutcome.NotAuthorized],
            await client.SubscribeAsync([.. ((string[])["s/1", "#", "t/#", "$share/g/p/c/x"]).Select(filter => new Subscription { Filter = Filter(filter), MaximumQos = Qos1 })]));
        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync("p/d/x", qos: Qos1));
        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync("s/1", qos: Qos1));
        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync("$delayed/5/t", qos: Qos1));
        Assert.Equal(PublishOutcome.Accepted, await client.PublishAsync("$delayed/5/p/c/x", qos: Qos1));
        Assert.Equal(PublishOutcome.Accepted, await other.PublishAsync("s/1", "in", Qos1));
        await other.PublishAsync("t/1", "out", Qos1);

        Assert.Equal("in", client.TakeOne().Message.Text());
    }

    [Fact]
    public async Task A_Will_is_judged_by_the_token_too()
    {
        var denied = await _broker.Broker.ConnectAsync(Request("w", Limited) with { Will = new WillMessage(MessageOf("t")) }, new RecordingSink());

        Assert.Equal(ConnectRefusal.NotAuthorized, denied.Refusal);
        await _broker.ConnectAsync(Request("w", Limited) with { Will = new WillMessage(MessageOf("p/w/gone")) });
        _broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task A_group_passes_a_message_to_a_member_whose_token_lets_it_have_it()
    {
        var limited = await ConnectAsync(Limited);
        await limited.SubscribeAsync("$share/g/#");
        var free = await _broker.SubscriberAsync("free", "$share/g/#");

        for (var i = 0; i < 4; i++)
        {
            await _broker.PublishAsync("t", qos: Qos1);
        }

        Assert.Empty(limited.Take());
        Assert.Equal(4, free.Take().Count);
    }

    [Fact]
    public async Task An_automatic_subscription_delivers_no_more_than_the_token_allows()
    {
        _broker.Dispose();
        _broker = new TestBroker(new BrokerOptions { AutoSubscribe = [new AutoSubscription { Topic = Template("#") }] }, clock: _clock, access: Access());
        var client = await ConnectAsync(Limited);

        await _broker.PublishAsync("t", "out");
        await _broker.PublishAsync("s/1", "in");

        Assert.Equal("in", client.TakeOne().Message.Text());
    }

    [Fact]
    public async Task The_token_judges_topics_as_its_client_writes_them_before_any_rewriting()
    {
        _broker.Dispose();
        _broker = new TestBroker(
            new BrokerOptions { Rewrite = [new RewriteRule { Actions = TopicActions.Publish, Source = Filter("p/#"), Pattern = new Regex("^p/(.+)$"), Topic = Template("s/$1") }] },
            clock: _clock, access: Access());
        var watcher = await _broker.SubscriberAsync("watcher", "s/#");
        var client = await ConnectAsync(Limited);

        Assert.Equal(PublishOutcome.Accepted, await client.PublishAsync("p/c/x", qos: Qos1));
        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync("p/d/x", qos: Qos1));

        Assert.Equal("s/c/x", watcher.TakeOne().Message!.Topic.ToString());
    }

    [Fact]
    public async Task What_the_token_allows_holds_while_its_client_is_away_and_after_a_restart()
    {
        var client = await ConnectAsync(Limited);
        await client.SubscribeAsync("#", Qos1);
        client.Lose();

        await _broker.PublishAsync("s/1", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos1);
        _broker = _broker.Crash(Access());
        await _broker.PublishAsync("s/1", "3", Qos1);
        await _broker.PublishAsync("t", "4", Qos1);

        var again = await ConnectAsync(Limited);
        Assert.True(again.SessionPresent);
        Assert.Equal(["1", "3"], again.TakeTexts());
    }

    [Fact]
    public async Task What_was_kept_of_a_token_and_cannot_be_read_allows_nothing()
    {
        var client = await ConnectAsync(Limited);
        await client.SubscribeAsync("#", Qos1);
        client.Lose();
        var session = Assert.Single(_broker.Store.Load().Sessions).Record;
        _broker.Store.SaveSession(session with { Acl = session.Acl![1..] });
        _broker.Store.Commit();

        _broker = _broker.Crash(Access());
        await _broker.PublishAsync("s/1", "1", Qos1);

        Assert.Empty((await ConnectAsync(Limited)).Take());
    }

    [Theory]
    [InlineData("\"sub\":\"press-7\",\"acl\":{\"sub\":[\"t\"]}", "2"), InlineData("\"sub\":\"press-7\"", "1 2")]
    public async Task A_client_that_comes_again_with_another_token_has_what_that_one_allows(string token, string expected)
    {
        var client = await ConnectAsync(Limited);
        await client.SubscribeAsync("#", Qos1);

        var again = await ConnectAsync(token);
        await _broker.PublishAsync("s/1", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos1);

        Assert.Equal(DetachReason.TakenOver, client.Sink.Detached);
        Assert.Equal(expected, string.Join(' ', again.TakeTexts()));
    }

    [Fact]
    public async Task A_claim_that_is_not_understood_lets_nobody_in_and_the_log_says_why()
    {
        var refusal = _broker.Broker.ConnectAsync(Request("c", "\"sub\":\"press-7\",\"acl\":[{\"permission\":\"allow\",\"topic\":\"hidden\"}]"), new RecordingSink()).AsTask();
        await _clock.AdvanceUntilAsync(refusal, FailedAttempts.FirstDelay);

        Assert.Equal(ConnectRefusal.BadCredentials, (await refusal).Refusal);
        Assert.Contains("is not taken: claim acl holds in rule 1 no permission, no action or no topic; said", _broker.Log.Lines.First(), StringComparison.Ordinal);
        Assert.DoesNotContain(_broker.Log.Lines, line => line.Contains("hidden", StringComparison.Ordinal));
        _broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task A_client_is_let_go_as_its_token_expires_and_its_session_stays()
    {
        var client = await ConnectAsync("\"sub\":\"press-7\",\"exp\":1800000005");
        await client.SubscribeAsync("t", Qos1);

        _clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.Null(client.Sink.Detached);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(DetachReason.Expired, client.Sink.Detached);

        client.Lose();
        await _broker.PublishAsync("t", "kept", Qos1);
        var again = await ConnectAsync("\"sub\":\"press-7\"");
        Assert.True(again.SessionPresent);
        Assert.Equal(["kept"], again.TakeTexts());
        _clock.Advance(Hour);
        Assert.Null(again.Sink.Detached);
    }

    [Fact]
    public async Task A_token_that_ends_in_forty_days_ends_then_and_a_client_that_took_over_is_not_touched()
    {
        var late = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000).AddDays(40).ToUnixTimeSeconds();
        var client = await ConnectAsync($"\"sub\":\"press-7\",\"exp\":{late}");
        var soon = await ConnectAsync("\"sub\":\"press-7\",\"exp\":1800000005", "d");
        var instead = await ConnectAsync($"\"sub\":\"press-7\",\"exp\":{late}", "d");

        _clock.Advance(TimeSpan.FromDays(39));
        Assert.Equal(DetachReason.TakenOver, soon.Sink.Detached);
        Assert.Null(instead.Sink.Detached);
        Assert.Null(client.Sink.Detached);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(DetachReason.Expired, client.Sink.Detached);
        Assert.Equal(DetachReason.Expired, instead.Sink.Detached);
    }

    [Fact]
    public async Task A_front_that_does_not_let_go_at_once_is_told_once_and_its_clients_Will_is_published()
    {
        var watcher = await _broker.SubscriberAsync("watcher", "p/#");
        var client = await _broker.ConnectAsync(Request("c", Limited + ",\"exp\":1800000005") with { Will = new WillMessage(MessageOf("p/c/gone")) });

        _clock.Advance(TimeSpan.FromSeconds(5));
        _clock.Advance(Hour);
        Assert.Equal(DetachReason.Expired, client.Sink.Detached);
        Assert.Empty(watcher.Take());
        client.Lose();

        Assert.Equal("p/c/gone", watcher.TakeOne().Message!.Topic.ToString());
    }

    [Fact]
    public async Task To_prove_once_more_who_it_is_gives_a_client_no_more_time()
    {
        _broker.Dispose();
        var access = Access();
        access.Users = new Users([KeyValuePair.Create("press-7", User.Create("right"u8, 1_000))]);
        _broker = new TestBroker(clock: _clock, access: access);
        var client = await ConnectAsync("\"sub\":\"press-7\",\"exp\":1800000005");

        var exchange = client.Session.BeginReauthentication(ScramMethod.Sha256.Name)!;
        var scram = new ScramClient(ScramMethod.Sha256, "press-7", "right");
        var challenge = await exchange.ContinueAsync(scram.First);
        Assert.Equal(AuthenticationOutcome.Success, (await exchange.ContinueAsync(scram.Final(challenge.Data.Span))).Outcome);

        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DetachReason.Expired, client.Sink.Detached);
    }

    [Fact]
    public async Task A_client_that_is_let_go_before_its_answer_is_there_is_let_go_all_the_same()
    {
        var access = new AccessControl(AnonymousAccess.Everyone, _clock) { TokenKeys = TestToken.Keys, Tokens = new TokenOptions { Leeway = TimeSpan.FromSeconds(1) } };
        using var broker = new TestBroker(clock: _clock, access: access);
        var client = await broker.ConnectAsync(Request("c", "\"sub\":\"press-7\",\"exp\":1800000000"));

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(DetachReason.Expired, client.Sink.Detached);
    }

    private AccessControl Access() => new(AnonymousAccess.Everyone, _clock) { TokenKeys = TestToken.Keys };

    private Task<TestClient> ConnectAsync(string claims, string clientId = "c") => _broker.ConnectAsync(Request(clientId, claims));

    private static ConnectRequest Request(string clientId, string claims) =>
        new() { ClientId = clientId, Password = TestToken.Of(claims), CleanStart = false, SessionExpiry = Hour, Peer = "192.0.2.7:40000" };
}
