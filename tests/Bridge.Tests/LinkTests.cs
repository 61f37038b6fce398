using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.Bridge.Tests.Support;
using Edge.Messaging;
using Microsoft.Extensions.Logging;
using static Edge.Bridge.Tests.Support.BridgeBench;
using static Edge.Bridge.Tests.Support.ScriptedConnection;

namespace Edge.Bridge.Tests;

/// <summary>Connections that are refused, cut, or hang; and what the bridge says of itself.</summary>
public sealed class LinkTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ScriptedUpstream _upstream = new();
    private readonly WatchedClock _clock = new();
    private readonly string _passwordFile = Path.GetTempFileName();

    private BridgeOptions Options => Defaults with
    {
        Address = _upstream.Address,
        ReconnectMinimum = Second,
        ReconnectMaximum = TimeSpan.FromSeconds(8),
        UserName = "someone",
        PasswordFile = _passwordFile,
    };

    public void Dispose()
    {
        _upstream.Dispose();
        File.Delete(_passwordFile);
    }

    [Fact]
    public async Task A_link_that_hangs_is_given_up_when_PINGREQ_is_not_answered()
    {
        await using var bench = await StartAsync(Options, _clock);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);

        var lost = bench.SaidAsync(6001);
        var silence = await _clock.PassUntilAsync(lost);

        await link.ExpectAsync("C0");
        await link.EndAsync();
        Assert.Contains("upstream is silent", (await lost).Text, StringComparison.Ordinal);
        Assert.True(silence >= TimeSpan.FromSeconds(89));
    }

    [Fact]
    public async Task A_link_on_which_nothing_is_acknowledged_is_given_up_and_the_message_sent_again_on_the_next()
    {
        await using var bench = await StartAsync(Options, _clock);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);
        _ = bench.Client.PublishAsync("s/1", "hi");
        await link.ExpectAsync("32 \"site/s/1\" 0001 00 'hi'");

        var lost = bench.SaidAsync(6001);
        await _clock.PassUntilAsync(lost);
        await link.EndAsync();
        Assert.Contains("not acknowledged within 30 s; 1 messages", (await lost).Text, StringComparison.Ordinal);

        var accepted = _upstream.AcceptAsync(ResumeV5);
        await _clock.PassUntilAsync(accepted);
        using var next = await accepted;
        await next.ExpectAsync("3A \"site/s/1\" 0001 00 'hi'");
    }

    [Fact]
    public async Task A_link_that_takes_nothing_in_is_given_up()
    {
        await using var bench = await StartAsync(Options with { AcknowledgeTimeout = TimeSpan.FromSeconds(7) }, _clock);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);
        var payload = new string('x', 1024 * 1024);
        for (var i = 0; i < 40; i++)
        {
            await bench.Client.PublishAsync("s/1", payload, QualityOfService.AtMostOnce);
        }

        await UntilAsync(() => SentStaysAsync(bench));
        _clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Contains("took nothing in for 7 s", (await bench.SaidAsync(6001)).Text, StringComparison.Ordinal);
        await UntilAsync(() => Task.FromResult(bench.Bridge.Status.Sent + bench.Drops.Read(DropCause.Offline) == 40));
    }

    [Fact]
    public async Task Waits_between_attempts_double_and_are_spread_and_are_said_once()
    {
        using var nobody = new Socket(SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = new Uri($"mqtt://127.0.0.1:{((IPEndPoint)nobody.LocalEndPoint!).Port}");
        await using var bench = await StartAsync(Options with { Address = address }, _clock);

        double[] whole = [1, 2, 4, 8, 8];
        foreach (var seconds in whole)
        {
            await _clock.PassAsync(TimeSpan.FromSeconds(seconds / 2), TimeSpan.FromSeconds(seconds));
        }

        await UntilAsync(() => Task.FromResult(bench.Log.Lines.All.Count(line => line.Id == 6004) >= whole.Length - 1));
        var said = Assert.Single(bench.Log.Lines.All, line => line.Level == LogLevel.Warning);
        Assert.Equal(6003, said.Id);
        Assert.Contains("Connection refused", bench.Bridge.Status.LastError, StringComparison.Ordinal);
        Assert.Equal(0, bench.Bridge.Status.Sent);
    }

    [Fact]
    public async Task A_connection_that_lived_well_begins_the_waits_anew()
    {
        await using var bench = await StartAsync(Options with { Protocol = UpstreamProtocol.V5 }, _clock);
        for (var i = 0; i < 3; i++)
        {
            var refused = _upstream.AcceptAsync("20 00 88 00");
            await _clock.PassUntilAsync(refused);
            (await refused).Dispose();
        }

        var accepted = _upstream.AcceptAsync(AcceptV5);
        await _clock.PassUntilAsync(accepted);
        using (await accepted)
        {
            await bench.SaidAsync(6000);
            _clock.Advance(TimeSpan.FromSeconds(31));
        }

        await bench.SaidAsync(6001);
        Assert.InRange(bench.Bridge.Status.NextAttempt!.Value - bench.Bridge.Status.Since, Second / 2, Second);
    }

    [Fact]
    public async Task A_refusal_is_said_in_words_with_what_to_do_once_per_episode()
    {
        await File.WriteAllTextAsync(_passwordFile, "wrong\n", TestContext.Current.CancellationToken);
        await using var bench = await StartAsync(Options with { ReconnectMinimum = TimeSpan.FromMilliseconds(1), ReconnectMaximum = TimeSpan.FromMilliseconds(2) });
        for (var i = 0; i < 4; i++)
        {
            (await _upstream.AcceptAsync("20 00 86 [1F \"try harder\"]")).Dispose();
        }

        using (await _upstream.AcceptAsync(AcceptV5))
        {
            await bench.SaidAsync(6000);
        }

        (await _upstream.AcceptAsync("20 00 86 00")).Dispose();
        await bench.SaidAsync(6002, from: Array.FindIndex(bench.Log.Lines.All, line => line.Id == 6000));

        var refused = bench.Log.Lines.All.Where(line => line.Id == 6002).ToArray();
        Assert.Equal(2, refused.Length);
        Assert.Contains("bad user name or password (0x86), \"try harder\"; check username and password_file", refused[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_is_read_at_each_connection_and_its_line_break_is_not_part_of_it()
    {
        await using var bench = await StartAsync(Options with { ReconnectMinimum = TimeSpan.FromHours(1), ReconnectMaximum = TimeSpan.FromHours(1) }, runs: false);
        foreach (var content in new[] { "first", "second\n", "third\r\n", "fourth\n\n" })
        {
            await bench.StopBridgeAsync();
            await File.WriteAllTextAsync(_passwordFile, content, TestContext.Current.CancellationToken);
            bench.Run();
            using var link = await _upstream.AcceptAsync();
            var connect = Encoding.UTF8.GetString(await link.ReadOctetsAsync() ?? []);
            var password = content.TrimEnd('\r', '\n') + (content.EndsWith("\n\n", StringComparison.Ordinal) ? "\n" : "");
            Assert.EndsWith($"\0\u0007someone\0{(char)password.Length}{password}", connect, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_user_name_and_password_CONNECT_has_neither()
    {
        await using var bench = await StartAsync(Options with { UserName = null, PasswordFile = null, Protocol = UpstreamProtocol.V311 });
        using var link = await _upstream.AcceptAsync();

        await link.ExpectAsync("10 \"MQTT\" 04 00 003C \"edge\"");
    }

    [Fact]
    public async Task A_password_file_that_is_gone_is_said_and_tried_again()
    {
        await using var bench = await StartAsync(Options with { PasswordFile = _passwordFile + ".gone" }, _clock);

        Assert.Contains(_passwordFile + ".gone", (await bench.SaidAsync(6003)).Text, StringComparison.Ordinal);
        Assert.Equal(BridgeState.Waiting, bench.Bridge.Status.State);
    }

    [Fact]
    public async Task No_secret_is_in_any_log_line_status_or_text()
    {
        const string Secret = "hunter2";
        await File.WriteAllTextAsync(_passwordFile, Secret, TestContext.Current.CancellationToken);
        var options = Options with { Address = new Uri($"mqtt://someone:{Secret}@127.0.0.1:{_upstream.Port}"), ReconnectMinimum = TimeSpan.FromMilliseconds(1) };
        await using var bench = await StartAsync(options);
        (await _upstream.AcceptAsync("20 00 86 00")).Dispose();
        using (await _upstream.AcceptAsync(AcceptV5))
        {
            await bench.SaidAsync(6000);
        }

        await bench.SaidAsync(6001);

        Assert.DoesNotContain(bench.Log.Lines.All, line => line.Text.Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, bench.Bridge.Status.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20 00 84 00")]
    [InlineData("20 00 01")]
    public async Task An_upstream_that_does_not_speak_5_0_is_talked_to_in_3_1_1_at_once(string connAck)
    {
        await using var bench = await StartAsync(Options, _clock);
        (await _upstream.AcceptAsync(connAck)).Dispose();

        using var link = await _upstream.AcceptAsync();
        Assert.StartsWith("10", await link.ReadAsync(), StringComparison.Ordinal);
        await link.SendAsync("20 00 00");
        await bench.SaidAsync(6000);
        Assert.Equal("MQTT 3.1.1", bench.Bridge.Status.Protocol);
        await bench.SaidAsync(6005);
        _ = bench.Client.PublishAsync("s/1", "hi");
        await link.ExpectAsync("32 \"site/s/1\" 0001 'hi'");
    }

    [Fact]
    public async Task An_upstream_that_closes_on_CONNECT_twice_is_talked_to_in_3_1_1()
    {
        await using var bench = await StartAsync(Options, _clock);
        for (var i = 0; i < 2; i++)
        {
            using var refused = await _upstream.AcceptAsync();
            var connect = await refused.ReadOctetsAsync() ?? [];
            Assert.Equal(5, connect[8]);
            refused.Dispose();
            if (i == 0)
            {
                await _clock.PassAsync(Second / 2, Second);
            }
        }

        using var link = await _upstream.AcceptAsync();
        Assert.Equal(4, (await link.ReadOctetsAsync() ?? [])[8]);
    }

    [Fact]
    public async Task Without_CONNACK_in_time_it_tries_again()
    {
        await using var bench = await StartAsync(Options, _clock);
        using var link = await _upstream.AcceptAsync();
        await link.ReadAsync();

        _clock.Advance(TimeSpan.FromSeconds(10));

        await link.EndAsync();
        Assert.Contains("no CONNACK within 10 s", (await bench.SaidAsync(6003)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protocol_broken_by_upstream_ends_the_link_and_is_said()
    {
        await using var bench = await StartAsync(Options, _clock);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);

        await link.SendAsync("36 \"a\" 0001 00");

        await link.ExpectAsync("E0 81");
        Assert.Contains("broke the protocol: malformed packet (0x81), \"ReservedValue\"", (await bench.SaidAsync(6001)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_says_good_bye_and_the_queue_goes_on()
    {
        await using var bench = await StartAsync(Options, _clock);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);

        await bench.StopBridgeAsync();

        await link.ExpectAsync("E0");
        await link.EndAsync();
        Assert.Equal(BridgeState.Stopped, bench.Bridge.Status.State);
        Assert.Equal(PublishOutcome.Accepted, await bench.Client.PublishAsync("s/1", "queued"));
        Assert.Equal(1, bench.Broker.QueueOf(bench.Bridge.ClientId)!.Value.Messages);
    }

    [Fact]
    public async Task It_forwards_while_the_gateway_stops_until_it_is_stopped_itself()
    {
        await using var bench = await StartAsync(Options);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);

        bench.Broker.DetachAll();
        _ = bench.Client.PublishAsync("s/1", "last");

        await link.ExpectAsync("32 \"site/s/1\" 0001 00 'last'");
        await bench.StopBridgeAsync();
        await link.ExpectAsync("E0");
    }

    [Fact]
    public async Task It_stops_within_a_second_while_upstream_does_not_answer_the_connection()
    {
        // Nobody accepts, and the queue of those who wait is full: the next SYN is not answered.
        using var full = new Socket(SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(1);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        var fillers = Enumerable.Range(0, 4).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToArray();
        var filling = fillers.Select(filler => filler.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken).AsTask()).ToArray();
        await Task.WhenAny(filling[..2]).Patiently();
        await using var bench = await StartAsync(Options with { Address = new Uri($"mqtt://127.0.0.1:{port}") });
        await UntilAsync(() => Task.FromResult(bench.Bridge.Status.State == BridgeState.Connecting));

        await StopsWithinASecondAsync(bench);

        Array.ForEach(fillers, filler => filler.Dispose());
        await Task.WhenAll(filling).ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Fact]
    public async Task It_stops_within_a_second_while_upstream_does_not_answer_CONNECT()
    {
        await using var bench = await StartAsync(Options);
        using var link = await _upstream.AcceptAsync();
        await link.ReadAsync();

        await StopsWithinASecondAsync(bench);
    }

    [Fact]
    public async Task It_stops_within_a_second_while_upstream_takes_nothing_in()
    {
        await using var bench = await StartAsync(Options);
        using var link = await _upstream.AcceptAsync(AcceptV5);
        await bench.SaidAsync(6000);
        var payload = new string('x', 1024 * 1024);
        for (var i = 0; i < 40; i++)
        {
            await bench.Client.PublishAsync("s/1", payload, QualityOfService.AtMostOnce);
        }

        await UntilAsync(() => SentStaysAsync(bench));
        await StopsWithinASecondAsync(bench);
    }

    [Fact]
    public async Task It_stops_within_a_second_while_it_waits_for_the_next_attempt()
    {
        await using var bench = await StartAsync(Options with { ReconnectMinimum = TimeSpan.FromHours(1), ReconnectMaximum = TimeSpan.FromHours(1) });
        (await _upstream.AcceptAsync()).Dispose();
        await bench.SaidAsync(6003);

        await StopsWithinASecondAsync(bench);
    }

    private static async Task StopsWithinASecondAsync(BridgeBench bench)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await bench.StopBridgeAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.Zero, Second);
    }

    /// <summary>Whether the link is stuck: what was sent stays the same while something waits.</summary>
    private static async Task<bool> SentStaysAsync(BridgeBench bench)
    {
        var before = bench.Bridge.Status.Sent;
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        return before > 0 && before == bench.Bridge.Status.Sent;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (!await isSo())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
