using Edge.Bridge.Tests.Support;
using Edge.Messaging;
using static Edge.Bridge.Tests.Support.BridgeBench;
using static Edge.Bridge.Tests.Support.ScriptedConnection;

namespace Edge.Bridge.Tests;

/// <summary>Local to upstream, told to a scripted upstream packet by packet.</summary>
public sealed class ForwardTests : IDisposable
{
    private readonly ScriptedUpstream _upstream = new();

    private BridgeOptions Options => Defaults with { Address = _upstream.Address };

    public void Dispose() => _upstream.Dispose();

    [Fact]
    public async Task What_queued_while_upstream_was_away_drains_by_itself_in_order_as_soon_as_it_is_there()
    {
        await using var bench = await StartAsync(Options, runs: false);
        for (var i = 0; i < 300; i++)
        {
            _ = bench.Client.PublishAsync("s/1", $"{i:D3}");
        }

        bench.Run();
        using var link = await _upstream.AcceptAsync(AcceptV5);
        for (var i = 0; i < 300; i++)
        {
            await link.ExpectAsync($"32 \"site/s/1\" {i + 1:X4} 00 '{i:D3}'");
            await link.SendAsync($"40 {i + 1:X4}");
        }

        await IdleAsync(link);
        Assert.Equal((0, 0L), bench.Broker.QueueOf(bench.Bridge.ClientId));
        Assert.Equal(0, bench.Store.Count);
        Assert.Equal((300, 300), (bench.Bridge.Status.Sent, bench.Bridge.Status.Acknowledged));
    }

    [Fact]
    public async Task A_message_published_later_goes_up_at_once()
    {
        await using var bench = await StartAsync(Options);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);

        var published = bench.Client.PublishAsync("s/1", "hi", retain: true);
        await link.ExpectAsync("33 \"site/s/1\" 0001 00 'hi'");
        await link.SendAsync("40 0001");

        Assert.Equal(PublishOutcome.Accepted, await published.Patiently());
    }

    [Fact]
    public async Task No_more_is_in_flight_than_upstream_takes()
    {
        await using var bench = await StartAsync(Options, runs: false);
        for (var i = 1; i <= 5; i++)
        {
            _ = bench.Client.PublishAsync("s/1", $"{i}");
        }

        bench.Run();
        using var link = await _upstream.AcceptAsync("20 00 00 [21 0002]");
        await link.ExpectAsync("32 \"site/s/1\" 0001 00 '1'");
        await link.ExpectAsync("32 \"site/s/1\" 0002 00 '2'");

        // What comes next shows that nothing else had been sent before.
        await link.SendAsync("40 0002");
        await link.ExpectAsync("32 \"site/s/1\" 0003 00 '3'");
        await link.SendAsync("40 0001");
        await link.SendAsync("40 0003");
        await link.ExpectAsync("32 \"site/s/1\" 0004 00 '4'");
        await link.ExpectAsync("32 \"site/s/1\" 0005 00 '5'");
    }

    [Fact]
    public async Task With_a_Receive_Maximum_of_one_each_waits_for_the_one_before()
    {
        await using var bench = await StartAsync(Options, runs: false);
        for (var i = 1; i <= 5; i++)
        {
            _ = bench.Client.PublishAsync("s/1", $"{i}", i % 2 == 0 ? QualityOfService.ExactlyOnce : QualityOfService.AtLeastOnce);
        }

        bench.Run();
        using var link = await _upstream.AcceptAsync("20 00 00 [21 0001]");
        for (var i = 1; i <= 5; i++)
        {
            await link.ExpectAsync($"{(i % 2 == 0 ? "34" : "32")} \"site/s/1\" {i:X4} 00 '{i}'");
            await link.SendAsync($"{(i % 2 == 0 ? "50" : "40")} {i:X4}");
            if (i % 2 == 0)
            {
                await link.ExpectAsync($"62 {i:X4}");
                await link.SendAsync($"70 {i:X4}");
            }
        }
    }

    [Fact]
    public async Task What_is_unacknowledged_goes_up_again_under_the_same_identifier_on_the_next_connection()
    {
        await using var bench = await StartAsync(Options);
        _ = bench.Client.PublishAsync("s/1", "a");
        _ = bench.Client.PublishAsync("s/1", "b");
        using (var link = await _upstream.AcceptAsync(AcceptV5))
        {
            await link.ExpectAsync("32 \"site/s/1\" 0001 00 'a'");
            await link.ExpectAsync("32 \"site/s/1\" 0002 00 'b'");
            await link.SendAsync("40 0002");
            await IdleAsync(link);
        }

        using var next = await _upstream.AcceptAsync(ResumeV5);
        await next.ExpectAsync("3A \"site/s/1\" 0001 00 'a'");
        Assert.Contains("1 messages are unacknowledged", (await bench.SaidAsync(6001)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qos_2_goes_on_with_PUBREL_after_a_cut_between_PUBREC_and_PUBREL()
    {
        await using var bench = await StartAsync(Options);
        var published = bench.Client.PublishAsync("s/1", "a", QualityOfService.ExactlyOnce, packetId: 1);
        using (var link = await _upstream.AcceptAsync(AcceptV5))
        {
            await link.ExpectAsync("34 \"site/s/1\" 0001 00 'a'");
            bench.Store.Hold();
            await link.SendAsync("50 0001");
            await link.SendAsync("E0");
            await link.EndAsync();
        }

        using var next = await _upstream.AcceptAsync();
        await next.ReadAsync();
        bench.Store.LetGo();
        await next.SendAsync(ResumeV5);
        await next.ExpectAsync("62 0001");
        await next.SendAsync("70 0001");
        await IdleAsync(next);

        Assert.Equal(PublishOutcome.Accepted, await published.Patiently());
        Assert.Equal(0, bench.Store.Count);
    }

    [Fact]
    public async Task Qos_2_goes_on_with_PUBREL_after_the_process_was_killed()
    {
        await using var bench = await StartAsync(Options);
        _ = bench.Client.PublishAsync("s/1", "a", QualityOfService.ExactlyOnce, packetId: 1);
        using (var link = await _upstream.AcceptAsync(AcceptV5))
        {
            await link.ExpectAsync("34 \"site/s/1\" 0001 00 'a'");
            await link.SendAsync("50 0001");
            await link.ExpectAsync("62 0001");
        }

        await bench.DieAndRiseAsync();

        using var next = await _upstream.AcceptAsync(ResumeV5);
        await next.ExpectAsync("62 0001");
        await next.SendAsync("70 0001 92");
        await IdleAsync(next);
        Assert.Equal(0, bench.Store.Count);
    }

    [Fact]
    public async Task What_was_acknowledged_to_the_publisher_goes_up_after_the_process_was_killed()
    {
        await using var bench = await StartAsync(Options, runs: false);
        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(PublishOutcome.Accepted, await bench.Client.PublishAsync("s/1", $"{i}"));
        }

        await bench.DieAndRiseAsync();

        using var link = await _upstream.AcceptAsync(AcceptV5);
        for (var i = 1; i <= 20; i++)
        {
            await link.ExpectAsync($"3A \"site/s/1\" {i:X4} 00 '{i}'");
        }
    }

    [Fact]
    public async Task Qos_0_goes_up_while_connected_and_is_counted_while_not()
    {
        await using var bench = await StartAsync(Options, runs: false);
        await bench.Client.PublishAsync("s/1", "lost", QualityOfService.AtMostOnce);
        Assert.Equal(1, bench.Drops.Read(DropCause.Offline));

        bench.Run();
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);
        await bench.Client.PublishAsync("s/1", "sent", QualityOfService.AtMostOnce);

        await link.ExpectAsync("30 \"site/s/1\" 00 'sent'");
    }

    [Fact]
    public async Task What_upstream_can_never_take_is_counted_and_holds_nothing_up()
    {
        await using var bench = await StartAsync(Options, runs: false);
        _ = bench.Client.PublishAsync("s/1", new string('x', 200));
        _ = bench.Client.PublishAsync("s/1", new string('y', 200), QualityOfService.AtMostOnce);
        _ = bench.Client.PublishAsync("s/1", new string('z', 200));
        _ = bench.Client.PublishAsync("s/1", "small");

        bench.Run();
        using var link = await _upstream.AcceptAsync("20 00 00 [27 00000040]");
        await link.ExpectAsync("32 \"site/s/1\" 0003 00 'small'");

        Assert.Equal(2, bench.Drops.Read(DropCause.Oversize));
        Assert.Equal(2, bench.Bridge.Status.Dropped[DropCause.Oversize]);
        Assert.Single(bench.Log.Lines.All, line => line.Id == 6010);
    }

    [Fact]
    public async Task What_upstream_refuses_for_good_is_counted_and_said_once()
    {
        await using var bench = await StartAsync(Options, runs: false);
        for (var i = 1; i <= 3; i++)
        {
            _ = bench.Client.PublishAsync($"s/{i}", "hi");
        }

        bench.Run();
        using var link = await _upstream.AcceptAsync(AcceptV5);
        for (var i = 1; i <= 3; i++)
        {
            await link.ExpectAsync($"32 \"site/s/{i}\" {i:X4} 00 'hi'");
        }

        await link.SendAsync("40 0001 87");
        await link.SendAsync("40 0002 87");
        await link.SendAsync("40 0003");
        await IdleAsync(link);

        Assert.Equal(2, bench.Drops.Read(DropCause.Refused));
        Assert.Equal(2, bench.Bridge.Status.Dropped[DropCause.Refused]);
        var said = Assert.Single(bench.Log.Lines.All, line => line.Id == 6010);
        Assert.Contains("site/s/1: not authorized (0x87)", said.Text, StringComparison.Ordinal);
        Assert.Equal((0, 0L), bench.Broker.QueueOf(bench.Bridge.ClientId));
    }

    [Fact]
    public async Task What_upstream_has_no_quota_for_now_is_kept_and_sent_again()
    {
        var clock = new WatchedClock();
        await using var bench = await StartAsync(Options, clock);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);
        _ = bench.Client.PublishAsync("s/1", "hi");
        await link.ExpectAsync("32 \"site/s/1\" 0001 00 'hi'");

        var from = clock.Waits.All.Length;
        await link.SendAsync("40 0001 97");
        await bench.SaidAsync(6011);
        await clock.PassAsync(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), from);

        await link.ExpectAsync("32 \"site/s/1\" 0001 00 'hi'");
        Assert.Equal(0, bench.Drops.Read(DropCause.Refused));
    }

    [Fact]
    public async Task Rules_that_are_gone_are_unsubscribed_and_the_queue_is_kept()
    {
        await using var bench = await StartAsync(
            Options with { Forward = [Rule("old/#", QualityOfService.AtLeastOnce, "${topic}"), Rule("s/#", QualityOfService.AtLeastOnce, "a/${topic}")] },
            runs: false);
        await bench.Client.PublishAsync("old/1", "gone");
        await bench.Client.PublishAsync("s/1", "kept");
        bench.Options = Options with { Forward = [Rule("s/#", QualityOfService.AtLeastOnce, "b/${topic}")] };

        await bench.DieAndRiseAsync();

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await bench.Client.PublishAsync("old/1", "nobody"));
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await link.ExpectAsync("3A \"b/s/1\" 0002 00 'kept'");
        Assert.Equal(1, bench.Bridge.Status.Dropped[DropCause.NoSubscriber]);
    }

    [Fact]
    public async Task A_rule_the_local_broker_does_not_take_is_said_and_the_others_hold()
    {
        var tooDeep = string.Join('/', Enumerable.Repeat("x", 200));
        await using var bench = await StartAsync(
            Options with { Forward = [Rule(tooDeep, QualityOfService.AtLeastOnce, "${topic}"), Rule("s/#", QualityOfService.AtLeastOnce, "${topic}")] },
            runs: false);

        Assert.Contains(tooDeep, (await bench.SaidAsync(6014)).Text, StringComparison.Ordinal);
        Assert.Equal(PublishOutcome.Accepted, await bench.Client.PublishAsync("s/1", "hi"));
    }

    [Fact]
    public async Task What_is_retained_when_a_rule_is_new_goes_up_once()
    {
        await using var bench = await StartAsync(Options with { Forward = [] }, runs: false);
        await bench.Client.PublishAsync("s/1", "state", retain: true);
        bench.Options = Options;

        await bench.DieAndRiseAsync(runs: false);
        await bench.DieAndRiseAsync();

        using var link = await _upstream.AcceptAsync(AcceptV5);
        await link.ExpectAsync("3B \"site/s/1\" 0001 00 'state'");
        await link.SendAsync("40 0001");
        await IdleAsync(link);
        Assert.Equal(1, bench.Bridge.Status.Sent);
    }

    /// <summary>Waits until all that was sent has been seen to: a PUBREL of something unknown is answered after it.</summary>
    private static async Task IdleAsync(ScriptedConnection link)
    {
        await link.SendAsync("62 FFFF");
        await link.ExpectAsync("70 FFFF 92");
    }
}
