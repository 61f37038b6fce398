using System.Diagnostics;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Serial;

/// <summary>A device that comes and goes. By itself, as it measures how long things take.</summary>
[Collection(HeavyCollection.Name)]
public sealed class UnplugTests : EndToEndTest
{
    private const int Unplugs = 100;

    /// <summary>After so many unplugs one lasts longer, so that the wait between two looks has grown.</summary>
    private const int UnplugsUntilLong = 25;
    private const int LooksWhileLong = 3;

    private static readonly TimeSpan BetweenMessages = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(3);

    /// <summary>Far more than a message takes, and far less than an unplug would have to hold it up to be noticed.</summary>
    private static readonly TimeSpan NoticeableWait = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_device_that_is_pulled_out_and_put_in_again_100_times_is_back_in_less_than_3_s_each_time_and_MQTT_does_not_notice()
    {
        using var device = new PluggableDevice();
        var gateway = await StartGatewayAsync(SerialConfiguration.Line(device.Path, "mqttsn"));
        using var done = new CancellationTokenSource();
        var traffic = PublishUntilAsync(gateway, done.Token);

        var slowest = TimeSpan.Zero;
        for (var i = 0; i < Unplugs; i++)
        {
            var clock = Stopwatch.StartNew();
            var terminal = device.PlugIn();
            terminal.Write(SerialConfiguration.Connect);
            Assert.Equal(SerialConfiguration.ConnAck, await Task.Run(() => terminal.Read(3), TestContext.Current.CancellationToken));
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, RecoveryLimit);
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            device.PullOut();
            if (i % UnplugsUntilLong == 0)
            {
                var looks = gateway.Run.Errors.ToArray().Count(IsLook) + LooksWhileLong;
                await gateway.Run.Errors.WhenAsync(log => log.Count(IsLook) >= looks, "looks for the device");
            }
        }

        await done.CancelAsync();
        var (messages, longest) = await traffic;
        Say($"The slowest recovery took {slowest.TotalMilliseconds:F0} ms; meanwhile {messages} messages passed, the slowest in {longest.TotalMilliseconds:F0} ms.");
        Assert.InRange(messages, Unplugs, int.MaxValue);
        Assert.InRange(longest, TimeSpan.Zero, NoticeableWait);
    }

    private static bool IsLook(string line) => line.Contains("Serial line field still cannot be opened", StringComparison.Ordinal);

    /// <summary>Publishes one message after the other, and sees that each arrives.</summary>
    private async Task<(int Messages, TimeSpan Longest)> PublishUntilAsync(GatewayProcess gateway, CancellationToken done)
    {
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("beside");
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        var (messages, longest) = (0, TimeSpan.Zero);
        using var pace = new PeriodicTimer(BetweenMessages);
        while (!done.IsCancellationRequested && await pace.WaitForNextTickAsync(CancellationToken.None))
        {
            var clock = Stopwatch.StartNew();
            await publisher.PublishAsync("beside", $"{messages}");
            messages++;
            Assert.Equal($"{messages - 1}", (await subscriber.Received.CountAsync(messages, "message"))[^1].Text);
            longest = clock.Elapsed > longest ? clock.Elapsed : longest;
        }

        return (messages, longest);
    }
}
