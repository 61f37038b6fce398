using System.Diagnostics;
using Edge.Bridge.Tests.Support;
using Edge.Messaging;
using static Edge.Bridge.Tests.Support.BridgeBench;

namespace Edge.Bridge.Tests;

/// <summary>Against a real broker.</summary>
public sealed class MosquittoTests
{
    [Theory]
    [InlineData(UpstreamProtocol.V5, "MQTT 5.0")]
    [InlineData(UpstreamProtocol.V311, "MQTT 3.1.1")]
    public async Task Messages_pass_both_ways_at_every_QoS(UpstreamProtocol protocol, string name)
    {
        using var mosquitto = await Mosquitto.StartAsync();
        using var cloud = await Observer.ConnectAsync(mosquitto.Port, "site/#");
        await using var bench = await StartAsync(Defaults with
        {
            Address = mosquitto.Address,
            Protocol = protocol,
            Receive = [Rule("c/#", QualityOfService.ExactlyOnce, "in/${topic}")],
        });
        await bench.Client.SubscribeAsync("in/#");
        await bench.SaidAsync(6000);

        for (var qos = 0; qos <= 2; qos++)
        {
            var accepted = await bench.Client.PublishAsync($"s/{qos}", "up", (QualityOfService)qos, packetId: (ushort)(qos == 2 ? 9 : 0)).Patiently();
            Assert.Equal(PublishOutcome.Accepted, accepted);
        }

        Assert.Equal(["site/s/0 up", "site/s/1 up", "site/s/2 up"], await cloud.Received.AtLeastAsync(3));

        // Mosquitto answers a SUBSCRIBE before it looks at what comes after it, but another client's PUBLISH may come before that.
        await cloud.PublishAsync("c/first", "down", 1, retain: true);
        await bench.Client.Received.FirstAsync(_ => true);
        for (var qos = 0; qos <= 2; qos++)
        {
            await cloud.PublishAsync($"c/{qos}", "down", qos);
            await bench.Client.Received.FirstAsync(received => received == $"in/c/{qos} down");
        }

        Assert.Equal(name, bench.Bridge.Status.Protocol);
    }

    [Fact]
    public async Task Nothing_comes_back_that_went_up_although_both_rules_match_everything()
    {
        using var mosquitto = await Mosquitto.StartAsync();
        using var cloud = await Observer.ConnectAsync(mosquitto.Port, "#");
        await using var bench = await StartAsync(Defaults with
        {
            Address = mosquitto.Address,
            Forward = [Rule("#", QualityOfService.AtLeastOnce, "${topic}")],
            Receive = [Rule("#", QualityOfService.AtLeastOnce, "${topic}")],
        });
        await bench.Client.SubscribeAsync("#");
        await bench.SaidAsync(6000);

        await bench.Client.PublishAsync("a", "up", QualityOfService.AtLeastOnce).Patiently();
        await cloud.Received.FirstAsync(received => received == "a up");
        await cloud.PublishAsync("b", "down", 1, retain: true);
        await bench.Client.Received.FirstAsync(received => received == "b down");
        await bench.Client.PublishAsync("a", "end", QualityOfService.AtLeastOnce).Patiently();
        await cloud.Received.FirstAsync(received => received == "a end");

        Assert.Equal(["a up", "b down", "a end"], cloud.Received.All);
        Assert.Equal(["a up", "b down", "a end"], bench.Client.Received.All);
    }

    [Fact]
    public async Task Ten_thousand_messages_queued_while_it_was_away_arrive_in_order()
    {
        await using var bench = await StartAsync(Defaults, runs: false);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(PublishOutcome.Accepted, await bench.Client.PublishAsync("s/1", $"{i}"));
        }

        using var mosquitto = await Mosquitto.StartAsync();
        using var cloud = await Observer.ConnectAsync(mosquitto.Port, "#");
        bench.Options = Defaults with { Address = mosquitto.Address };
        await bench.DieAndRiseAsync();

        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"site/s/1 {i}"), await cloud.Received.AtLeastAsync(10_000));
    }

    [Theory]
    [InlineData(UpstreamProtocol.V5)]
    [InlineData(UpstreamProtocol.V311)]
    public async Task Nothing_is_lost_and_QoS_2_is_exactly_once_while_the_line_is_cut_and_the_process_is_killed_again_and_again(UpstreamProtocol protocol)
    {
        const int Count = 3_000;
        using var mosquitto = await Mosquitto.StartAsync();
        using var cloud = await Observer.ConnectAsync(mosquitto.Port, "#");
        await using var relay = new Relay(mosquitto.Port);
        await using var bench = await StartAsync(
            Defaults with
            {
                Address = relay.Address,
                Protocol = protocol,
                ReconnectMinimum = TimeSpan.FromMilliseconds(1),
                ReconnectMaximum = TimeSpan.FromMilliseconds(2),
            },
            runs: false);
        for (var i = 1; i <= Count; i++)
        {
            Assert.Equal(PublishOutcome.Accepted, await bench.Client.PublishAsync("s/1", $"{i}"));
            Assert.Equal(PublishOutcome.Accepted, await bench.Client.PublishAsync("s/2", $"{i}", QualityOfService.ExactlyOnce, packetId: (ushort)i));
        }

        bench.Run();
        for (var cut = 1; cut <= 20; cut++)
        {
            await cloud.Received.AtLeastAsync(cut * 200);
            relay.Cut();
            if (cut % 5 == 0)
            {
                await bench.DieAndRiseAsync();
            }
        }

        await cloud.Received.FirstAsync(received => received == $"site/s/2 {Count}");
        while (bench.Broker.QueueOf(bench.Bridge.ClientId)!.Value.Messages > 0)
        {
            await Task.Yield();
        }

        var arrived = cloud.Received.All;
        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"site/s/2 {i}"), arrived.Where(message => message.StartsWith("site/s/2", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Range(1, Count).Select(i => $"site/s/1 {i}"), arrived.Where(message => message.StartsWith("site/s/1", StringComparison.Ordinal)).Distinct());
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_the_right_one_written_later_is_taken()
    {
        var passwords = Path.GetTempFileName();
        var password = Path.GetTempFileName();
        try
        {
            using var hashing = Process.Start("mosquitto_passwd", ["-b", passwords, "edge", "right"]);
            await hashing.WaitForExitAsync(TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(password, "wrong\n", TestContext.Current.CancellationToken);
            using var mosquitto = await Mosquitto.StartAsync($"password_file {passwords}");
            await using var bench = await StartAsync(Defaults with { Address = mosquitto.Address, UserName = "edge", PasswordFile = password });
            await bench.SaidAsync(6002);

            await File.WriteAllTextAsync(password, "right\n", TestContext.Current.CancellationToken);

            await bench.SaidAsync(6000);
        }
        finally
        {
            File.Delete(passwords);
            File.Delete(password);
        }
    }
}
