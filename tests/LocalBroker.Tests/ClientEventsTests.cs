using System.Text;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests;

/// <summary>What <c>$SYS/brokers/…</c> tells of clients.</summary>
public sealed class ClientEventsTests : IDisposable
{
    private const string Connected = "\"connected_at\":1767323045000,";

    private readonly TestBroker _broker = new(clientEventsOf: "edge-1");

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_client_that_comes_and_goes_is_told_of()
    {
        var watcher = await _broker.SubscriberAsync("watcher", "$SYS/brokers/+/clients/#");
        var client = await _broker.ConnectAsync(Request("press 7"));
        client.Session.Disconnect(publishWill: false);

        const string Who = "{\"clientid\":\"press 7\",\"username\":null,\"ipaddress\":\"192.0.2.7\",\"protocol\":\"mqtt\",\"proto_name\":\"MQTT\",\"proto_ver\":5,";
        Assert.Equal(
            [
                ("$SYS/brokers/edge-1/clients/press 7/connected", Who + Connected + "\"keepalive\":60,\"clean_start\":false,\"expiry_interval\":3600,\"ts\":1767323045000}"),
                ("$SYS/brokers/edge-1/clients/press 7/disconnected", Who + Connected + "\"reason\":\"normal\",\"disconnected_at\":1767323045000,\"ts\":1767323045000}"),
            ],
            Told(watcher));
    }

    [Fact]
    public async Task Why_a_connection_ended_is_told()
    {
        var watcher = await _broker.SubscriberAsync("watcher", "$SYS/brokers/+/clients/+/disconnected");
        await _broker.ConnectAsync(Request("c"));
        await _broker.ConnectAsync(Request("c"));
        var last = await _broker.ConnectAsync(Request("c") with { CleanStart = true });
        last.Lose();

        Assert.Equal(
            ["takenover", "discarded", "closed"],
            Told(watcher).Select(told => told.Payload.Split("\"reason\":\"")[1].Split('"')[0]));
    }

    [Fact]
    public async Task A_ClientId_with_wildcards_makes_a_topic_all_the_same()
    {
        var watcher = await _broker.SubscriberAsync("watcher", "$SYS/brokers/#");

        await _broker.ConnectAsync(Request("a+b/#"));

        Assert.Equal("$SYS/brokers/edge-1/clients/a%2Bb/%23/connected", Assert.Single(Told(watcher)).Topic);
    }

    [Fact]
    public async Task The_gateways_own_sessions_and_what_nobody_hears_are_not_told_of()
    {
        await _broker.ConnectAsync(Request("unheard"));
        var watcher = await _broker.SubscriberAsync("watcher", "$SYS/brokers/#");
        await _broker.ConnectAsync(new ConnectRequest { ClientId = $"{ConnectRequest.InternalPrefix}b", Queue = new QueueLimits(10, 1_000, OverflowPolicy.DropOldest, 10) });

        Assert.Empty(Told(watcher));
        Assert.Equal(0, _broker.Drops.Read(DropCause.NoSubscriber));
    }

    private static List<(string Topic, string Payload)> Told(TestClient watcher) =>
        [.. watcher.Take().Select(delivery => (delivery.Message!.Topic.ToString(), Encoding.UTF8.GetString(delivery.Message.Payload.Span)))];

    private static ConnectRequest Request(string clientId) => new()
    {
        ClientId = clientId,
        CleanStart = false,
        SessionExpiry = Hour,
        Peer = "192.0.2.7:50123",
        Protocol = "MQTT 5.0",
        ProtocolLevel = 5,
        KeepAlive = TimeSpan.FromSeconds(60),
    };
}
