using System.Net;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using Microsoft.Extensions.Time.Testing;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Access;

/// <summary>Who is kept out whatever it can prove.</summary>
public sealed class BanTests : IDisposable
{
    private const string Here = "192.0.2.7:40000";
    private const string There = "198.51.100.1:40000";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly AccessControl _access;
    private readonly TestBroker _broker;

    public BanTests()
    {
        _access = new AccessControl(AnonymousAccess.Everyone, _clock, new FlappingOptions { MaxConnects = 3 })
        {
            CertificateIdentity = CertificateIdentity.CommonName,
        };
        _broker = new TestBroker(clock: _clock, access: _access);
    }

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task Who_is_banned_is_refused_and_everyone_else_is_let_in()
    {
        _access.Bans = [new Ban { Clients = ["press-*"] }, new Ban { Networks = [IPNetwork.Parse("198.51.100.0/24")] }, new Ban { Users = ["mallory"], Clients = ["m"] }];

        Assert.Equal(ConnectRefusal.Banned, await ConnectAsync("press-7"));
        Assert.Equal(ConnectRefusal.Banned, await ConnectAsync("other", There));
        Assert.Equal(ConnectRefusal.Banned, await ConnectAsync("m", certificate: "mallory"));
        Assert.Equal(ConnectRefusal.None, await ConnectAsync("m", certificate: "anna"));
        Assert.Equal(ConnectRefusal.None, await ConnectAsync("other", certificate: "mallory"));
        Assert.Equal(3, _broker.Broker.Metrics.ClientsRefusedFor(ConnectRefusal.Banned));
        _broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task A_ban_ends_when_it_says()
    {
        _access.Bans = [new Ban { Clients = ["c"], Until = _clock.GetUtcNow() + Hour }];
        Assert.Equal(ConnectRefusal.Banned, await ConnectAsync("c"));

        _clock.Advance(Hour);

        Assert.Equal(ConnectRefusal.None, await ConnectAsync("c"));
        _broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task Who_is_connected_when_it_is_banned_is_let_go_and_its_session_stays()
    {
        var client = await _broker.SubscriberAsync("c", "#", Qos1, Hour);
        var other = await _broker.ConnectAsync("d");
        var bridge = await _broker.ConnectAsync(new ConnectRequest { ClientId = $"{ConnectRequest.InternalPrefix}c", Queue = new QueueLimits(10, 1_000, OverflowPolicy.DropOldest, 10) });

        _access.Bans = [new Ban { Clients = ["c", $"{ConnectRequest.InternalPrefix}*"] }];

        Assert.Equal(1, _broker.Broker.DetachUnwelcome());
        Assert.Equal(DetachReason.Administrative, client.Sink.Detached);
        Assert.Null(other.Sink.Detached);
        Assert.Null(bridge.Sink.Detached);
        client.Lose();
        await _broker.PublishAsync("t", qos: Qos1);
        Assert.Equal(1, _broker.Broker.QueueOf("c")!.Value.Messages);
    }

    [Fact]
    public async Task A_banned_address_does_not_publish_without_a_session_either()
    {
        _access.Bans = [new Ban { Networks = [IPNetwork.Parse("198.51.100.0/24")] }];

        Assert.Equal(PublishOutcome.NotAuthorized, await _broker.Broker.PublishAsync(MessageOf("t"), isOwn: false, There));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await _broker.Broker.PublishAsync(MessageOf("t"), isOwn: false, Here));
        Assert.Equal(1, _broker.Drops.Read(DropCause.NotAuthorized));
    }

    [Fact]
    public async Task A_client_that_connects_again_and_again_is_kept_out_for_a_while_and_no_other_by_its_name()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ConnectRefusal.None, await ConnectAsync("c"));
        }

        Assert.Equal(ConnectRefusal.Banned, await ConnectAsync("c"));
        Assert.Contains("again and again", _broker.Log.Lines.First(), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(ConnectRefusal.Banned, await ConnectAsync("c"));
        Assert.Equal(ConnectRefusal.None, await ConnectAsync("c", There));
        Assert.Equal(ConnectRefusal.None, await ConnectAsync("d"));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ConnectRefusal.None, await ConnectAsync("c"));
        _broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task Clients_without_a_ClientId_are_many_and_do_not_flap()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(ConnectRefusal.None, await ConnectAsync(""));
        }
    }

    [Fact]
    public async Task A_client_that_a_limit_turns_away_does_not_flap_and_one_that_flaps_takes_no_place()
    {
        using var access = new AccessControl(AnonymousAccess.Everyone, _clock, new FlappingOptions { MaxConnects = 2 });
        using var broker = new TestBroker(new BrokerOptions { MaxConnections = 1 }, clock: _clock, access: access);
        var first = await broker.ConnectAsync("first");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ConnectRefusal.QuotaExceeded, await RefusalAsync("second"));
        }

        first.Lose();
        (await broker.ConnectAsync("first")).Lose();
        Assert.Equal(ConnectRefusal.Banned, await RefusalAsync("first"));

        Assert.Equal(ConnectRefusal.None, await RefusalAsync("second"));
        broker.Log.Lines.Clear();

        async Task<ConnectRefusal> RefusalAsync(string clientId) =>
            (await broker.Kept(broker.Broker.ConnectAsync(new ConnectRequest { ClientId = clientId }, new RecordingSink()))).Refusal;
    }

    [Fact]
    public async Task Connections_that_are_far_apart_are_no_flapping()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(ConnectRefusal.None, await ConnectAsync("c"));
            _clock.Advance(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public void However_many_come_a_bounded_number_is_remembered()
    {
        var flapping = new Flapping(new FlappingOptions { MaxConnects = 1 }, _clock);
        for (var i = 0; i < Flapping.MostClients + 100; i++)
        {
            Assert.True(flapping.TryConnect(new ClientIdentity($"c{i}", null, null)));
        }

        Assert.Equal(Flapping.MostClients, flapping.Remembered);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(flapping.TryConnect(new ClientIdentity("late", null, null)));
        Assert.Equal(1, flapping.Remembered);
    }

    private async Task<ConnectRefusal> ConnectAsync(string clientId, string peer = Here, string? certificate = null)
    {
        var request = new ConnectRequest
        {
            ClientId = clientId,
            Peer = peer,
            Certificate = certificate is null ? null : new ClientCertificate { DistinguishedName = $"CN={certificate}", CommonName = certificate },
        };
        return (await _broker.Kept(_broker.Broker.ConnectAsync(request, new RecordingSink()))).Refusal;
    }
}
