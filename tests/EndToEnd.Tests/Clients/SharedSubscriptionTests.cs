using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>Groups that share a subscription, with clients by other hands.</summary>
public sealed class SharedSubscriptionTests : EndToEndTest
{
    [Theory]
    [InlineData("mqttv5", "$share/workers/jobs/#")]
    [InlineData("mqttv311", "$share/workers/jobs/#")]
    [InlineData("mqttv311", "$queue/jobs/#")]
    public async Task Each_job_goes_to_one_of_two_mosquitto_sub_and_each_gets_its_half(string version, string filter)
    {
        var gateway = await StartGatewayAsync();
        var workers = new List<ChildProcess>();
        foreach (var name in (string[])["a", "b"])
        {
            var worker = Own(ChildProcess.Start(
                "stdbuf", "-oL", "mosquitto_sub", "-d", "-p", $"{gateway.MqttPort}", "-V", version, "-i", name, "-t", filter, "-q", "1", "-C", "20", "-F", "%t %p"));
            await worker.Output.FirstAsync(line => line.StartsWith("Subscribed", StringComparison.Ordinal), "SUBACK");
            workers.Add(worker);
        }

        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        for (var job = 1; job <= 40; job++)
        {
            await publisher.PublishAsync("jobs/1", $"{job}");
        }

        foreach (var worker in workers)
        {
            Assert.Equal(0, await worker.ExitAsync());
        }

        var jobs = workers.Select(worker => worker.Output.ToArray().Where(line => line.StartsWith("jobs/", StringComparison.Ordinal)).ToArray()).ToArray();
        Assert.All(jobs, done => Assert.Equal(20, done.Length));
        Assert.Equal(Enumerable.Range(1, 40).Select(job => $"jobs/1 {job}").Order(), jobs.SelectMany(done => done).Order());
    }

    [Fact]
    public async Task What_waited_on_disk_for_a_member_that_never_returns_goes_to_another()
    {
        const int Count = 1_000;
        var gateway = await StartGatewayAsync();
        var leaving = await MqttNetClient.ResumeAsync(gateway.MqttPort, "leaving");
        await leaving.SubscribeAsync("$share/workers/jobs/#");
        await leaving.DisposeAsync();
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        for (var job = 1; job <= Count; job++)
        {
            await publisher.PublishAsync("jobs/1", $"{job}");
        }

        await gateway.KillAsync();
        await gateway.StartAsync();
        var staying = Own(await MqttNetClient.ResumeAsync(gateway.MqttPort, "staying"));
        await staying.SubscribeAsync("$share/workers/jobs/#");

        // Clean Start ends the session that has all of it.
        await using var fresh = await MqttNetClient.ConnectAsync(gateway.MqttPort, "leaving");
        var received = await staying.Received.CountAsync(Count, "job");

        Assert.Equal(Enumerable.Range(1, Count).Select(job => $"{job}"), received.Select(message => message.Text));
    }
}
