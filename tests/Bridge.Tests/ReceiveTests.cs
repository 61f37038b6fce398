using Edge.Bridge.Tests.Support;
using Edge.Messaging;
using Edge.Protocols.Mqtt.Codec;
using static Edge.Bridge.Tests.Support.BridgeBench;
using static Edge.Bridge.Tests.Support.ScriptedConnection;

namespace Edge.Bridge.Tests;

/// <summary>Upstream to local, told by a scripted upstream packet by packet.</summary>
public sealed class ReceiveTests : IDisposable
{
    private readonly ScriptedUpstream _upstream = new();

    private BridgeOptions Options => Defaults with
    {
        Address = _upstream.Address,
        Receive = [Rule("c/+/set", QualityOfService.AtLeastOnce, "in/${topic}"), Rule("c/#", QualityOfService.ExactlyOnce, "${topic}")],
    };

    public void Dispose() => _upstream.Dispose();

    [Fact]
    public async Task Rules_are_subscribed_to_with_their_number_and_without_echo()
    {
        await using var bench = await StartAsync(Options);
        using var link = await _upstream.AcceptAsync(AcceptV5);

        await link.ExpectAsync("82 FFFF [0B 01] \"c/+/set\" 1D");
        await link.ExpectAsync("82 FFFE [0B 02] \"c/#\" 1E");
    }

    [Fact]
    public async Task A_shared_subscription_is_made_without_No_Local_and_its_messages_are_taken()
    {
        await using var bench = await StartAsync(Options with { Receive = [Rule("$share/g/c/#", QualityOfService.AtLeastOnce, "${topic}")] });
        await bench.Client.SubscribeAsync("c/#");
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await link.ExpectAsync("82 FFFF [0B 01] \"$share/g/c/#\" 19");

        await link.SendAsync("32 \"c/1\" 0001 00 'on'");

        await link.ExpectAsync("40 0001");
        Assert.Equal("c/1 on", await bench.Client.Received.FirstAsync(_ => true));
    }

    [Fact]
    public async Task A_message_gets_the_topic_of_the_rule_it_came_by()
    {
        await using var bench = await StartAsync(Options);
        await bench.Client.SubscribeAsync("#");
        using var link = await SubscribedAsync(AcceptV5);

        await link.SendAsync("32 \"c/1/set\" 0001 [0B 01] 'one'");
        await link.ExpectAsync("40 0001");
        await link.SendAsync("32 \"c/1/set\" 0002 [0B 02] 'two'");
        await link.ExpectAsync("40 0002");
        await link.SendAsync("30 \"c/1/get\" 00 'three'");

        Assert.Equal(["in/c/1/set one", "c/1/set two", "c/1/get three"], await bench.Client.Received.AtLeastAsync(3));
        Assert.Equal(3, bench.Bridge.Status.Received);
    }

    [Fact]
    public async Task Upstream_is_answered_when_the_message_is_on_disk_and_not_before()
    {
        await using var bench = await StartAsync(Options);
        await KeptSubscriberAsync(bench);
        using var link = await SubscribedAsync(AcceptV5);
        bench.Store.Hold();

        await link.SendAsync("32 \"c/1\" 0001 00 'on'");
        await link.SendAsync("30 \"c/2\" 00 'later'");
        await bench.Client.Received.FirstAsync(received => received == "c/2 later");
        Assert.Equal(0, bench.Store.Count);
        bench.Store.LetGo();

        await link.ExpectAsync("40 0001");
        Assert.Equal(1, bench.Store.Count);
    }

    [Fact]
    public async Task A_qos_2_message_that_comes_again_after_a_cut_is_published_once()
    {
        await using var bench = await StartAsync(Options);
        await bench.Client.SubscribeAsync("#");
        using (var link = await SubscribedAsync(AcceptV5))
        {
            await link.SendAsync("34 \"c/1\" 0007 00 'once'");
            await link.ExpectAsync("50 0007");
        }

        using var next = await SubscribedAsync(ResumeV5);
        await next.SendAsync("3C \"c/1\" 0007 00 'once'");
        await next.ExpectAsync("50 0007");
        await next.SendAsync("62 0007");
        await next.ExpectAsync("70 0007");
        await next.SendAsync("30 \"c/1\" 00 'end'");

        Assert.Equal(["c/1 once", "c/1 end"], await bench.Client.Received.AtLeastAsync(2));
    }

    [Fact]
    public async Task A_qos_2_message_that_comes_again_after_the_process_was_killed_is_published_once()
    {
        await using var bench = await StartAsync(Options);
        using (var link = await SubscribedAsync(AcceptV5))
        {
            await link.SendAsync("34 \"c/1\" 0007 00 'once'");
            await link.ExpectAsync("50 0007 10");
        }

        await bench.DieAndRiseAsync();
        await bench.Client.SubscribeAsync("#");
        using var next = await SubscribedAsync(ResumeV5);
        await next.SendAsync("3C \"c/1\" 0007 00 'once'");
        await next.ExpectAsync("50 0007");
        await next.SendAsync("30 \"c/1\" 00 'end'");

        Assert.Equal(["c/1 end"], await bench.Client.Received.AtLeastAsync(1));
    }

    [Fact]
    public async Task Where_upstream_lost_its_session_an_identifier_used_again_is_a_new_message()
    {
        await using var bench = await StartAsync(Options);
        await bench.Client.SubscribeAsync("#");
        using (var link = await SubscribedAsync(AcceptV5))
        {
            await link.SendAsync("34 \"c/1\" 0007 00 'first'");
            await link.ExpectAsync("50 0007");
        }

        using var next = await SubscribedAsync(AcceptV5);
        await next.SendAsync("34 \"c/1\" 0007 00 'second'");
        await next.ExpectAsync("50 0007");

        Assert.Equal(["c/1 first", "c/1 second"], await bench.Client.Received.AtLeastAsync(2));
    }

    [Fact]
    public async Task What_came_from_upstream_does_not_go_back()
    {
        await using var bench = await StartAsync(Options with { Forward = [Rule("#", QualityOfService.AtLeastOnce, "${topic}")] });
        using var link = await SubscribedAsync(AcceptV5);

        await link.SendAsync("33 \"c/1\" 0001 00 'from the cloud'");
        await link.ExpectAsync("40 0001 10");
        await bench.Client.PublishAsync("c/1", "from here", QualityOfService.AtMostOnce);

        await link.ExpectAsync("30 \"c/1\" 00 'from here'");
    }

    [Fact]
    public async Task What_was_retained_from_upstream_does_not_go_back_by_a_new_rule()
    {
        await using var bench = await StartAsync(Options with { Forward = [] });
        using (var link = await SubscribedAsync(AcceptV5))
        {
            await link.SendAsync("33 \"c/1\" 0001 00 'from the cloud'");
            await link.ExpectAsync("40 0001 10");
        }

        bench.Options = Options with { Forward = [Rule("#", QualityOfService.AtLeastOnce, "${topic}")] };
        await bench.DieAndRiseAsync();
        using var next = await SubscribedAsync(ResumeV5);
        await bench.Client.PublishAsync("c/1", "from here", QualityOfService.AtMostOnce);

        await next.ExpectAsync("30 \"c/1\" 00 'from here'");
    }

    [Fact]
    public async Task What_no_rule_matches_any_more_is_counted_and_answered_and_said_once()
    {
        await using var bench = await StartAsync(Options);
        using var link = await SubscribedAsync(ResumeV5);

        await link.SendAsync("32 \"old/1\" 0001 00 'x'");
        await link.SendAsync("32 \"old/2\" 0002 00 'x'");
        await link.ExpectAsync("40 0001 10");
        await link.ExpectAsync("40 0002 10");

        Assert.Equal(2, bench.Bridge.Status.Dropped[DropCause.NoSubscriber]);
        Assert.Contains("old/1", Assert.Single(bench.Log.Lines.All, line => line.Id == 6013).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_subscription_is_said_and_forwarding_goes_on()
    {
        await using var bench = await StartAsync(Options);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await link.ReadAsync();
        await link.ReadAsync();

        await link.SendAsync("90 FFFF 00 87");
        await link.SendAsync("90 FFFE 00 02");
        Assert.Contains("c/+/set: not authorized (0x87)", (await bench.SaidAsync(6012)).Text, StringComparison.Ordinal);

        var published = bench.Client.PublishAsync("s/1", "hi");
        await link.ExpectAsync("32 \"site/s/1\" 0001 00 'hi'");
        await link.SendAsync("40 0001");
        Assert.Equal(PublishOutcome.Accepted, await published.Patiently());
    }

    [Fact]
    public async Task A_burst_from_upstream_is_taken_in_order()
    {
        await using var bench = await StartAsync(Options);
        await bench.Client.SubscribeAsync("#");
        using var link = await SubscribedAsync(AcceptV5);
        const int Count = 5_000;
        var sending = SendAllAsync();

        for (var i = 1; i <= Count; i++)
        {
            await link.ExpectAsync($"40 {i:X4}");
        }

        await sending.Patiently();
        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"c/1 {i}"), bench.Client.Received.All);

        async Task SendAllAsync()
        {
            for (var i = 1; i <= Count; i++)
            {
                await link.SendAsync($"32 \"c/1\" {i:X4} 00 '{i}'");
            }
        }
    }

    [Fact]
    public async Task A_message_too_large_from_an_upstream_that_cannot_know_is_counted_and_said_and_holds_nothing_up()
    {
        await using var bench = await StartAsync(Options with { MaxPacketSize = 1_024, Protocol = UpstreamProtocol.V311 });
        await bench.Client.SubscribeAsync("#");
        using var link = await _upstream.AcceptAsync("20 00 00");
        await link.ReadAsync();
        await link.ReadAsync();

        await link.SendAsync($"32 \"c/1\" 0001 '{new string('x', 200_000)}'");
        await link.SendAsync("32 \"c/2\" 0002 'small'");

        await link.ExpectAsync("40 0001");
        await link.ExpectAsync("40 0002");
        Assert.Equal(["c/2 small"], bench.Client.Received.All);
        Assert.Equal(1, bench.Drops.Read(DropCause.Oversize));
        Assert.Equal(1, bench.Bridge.Status.Dropped[DropCause.Oversize]);
        Assert.Contains("c/1: packet too large (0x95)", (await bench.SaidAsync(6010)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packet_too_large_from_an_upstream_that_was_told_the_limit_ends_the_link()
    {
        await using var bench = await StartAsync(Options with { MaxPacketSize = 1_024 });
        using var link = await SubscribedAsync(AcceptV5);

        await link.SendAsync($"30 \"c/1\" 00 '{new string('x', 2_000)}'");

        await link.ExpectAsync("E0 95");
        await link.EndAsync();
        Assert.Contains("packet too large (0x95)", (await bench.SaidAsync(6001)).Text, StringComparison.Ordinal);
    }

    /// <summary>A session that stays when its client is gone.</summary>
    private static async Task KeptSubscriberAsync(BridgeBench bench)
    {
        await bench.Client.SubscribeAsync("c/2");
        var client = await LocalClient.ConnectAsync(bench.Broker, "kept", TimeSpan.FromHours(1));
        await client.SubscribeAsync("c/1");
        client.Leave();
    }

    /// <summary>The bridge is connected and has subscribed.</summary>
    private async Task<ScriptedConnection> SubscribedAsync(string connAck)
    {
        var link = await _upstream.AcceptAsync(connAck);
        for (var i = 0; i < 2; i++)
        {
            var subscribe = Convert.FromHexString(await link.ReadAsync());
            Assert.True(Subscribe.TryParse(subscribe, MqttVersion.Mqtt5, out var parsed, out _));
            await link.SendAsync($"90 {parsed.PacketId:X4} 00 02");
        }

        return link;
    }
}
