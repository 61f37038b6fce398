using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>The command line clients of mosquitto.</summary>
public sealed class MosquittoClientTests : EndToEndTest
{
    public static MatrixTheoryData<string, int> VersionsAndQos => new(["mqttv31", "mqttv311", "mqttv5"], [0, 1, 2]);

    [Theory, MemberData(nameof(VersionsAndQos))]
    public async Task What_mosquitto_pub_publishes_mosquitto_sub_receives(string version, int qos)
    {
        var gateway = await StartGatewayAsync();
        var subscriber = Own(ChildProcess.Start(
            "stdbuf", "-oL", "mosquitto_sub", "-d", "-p", $"{gateway.MqttPort}", "-V", version, "-i", "subscriber", "-t", "sensors/+/temperature", "-q", $"{qos}", "-C", "3", "-F", "%t %q %r %p"));
        await subscriber.Output.FirstAsync(line => line.StartsWith("Subscribed", StringComparison.Ordinal), "SUBACK");

        foreach (var sensor in (int[])[1, 2, 3])
        {
            await RunAsync("mosquitto_pub", "-p", $"{gateway.MqttPort}", "-V", version, "-t", $"sensors/{sensor}/temperature", "-q", $"{qos}", "-m", $"{20 + sensor}");
        }

        Assert.Equal(0, await subscriber.ExitAsync());
        Assert.Equal(
            [$"sensors/1/temperature {qos} 0 21", $"sensors/2/temperature {qos} 0 22", $"sensors/3/temperature {qos} 0 23"],
            subscriber.Output.ToArray().Where(line => line.StartsWith("sensors/", StringComparison.Ordinal)).Order()); // Each has a connection of its own.
    }

    [Fact]
    public async Task A_retained_message_waits_for_mosquitto_sub()
    {
        var gateway = await StartGatewayAsync();

        await RunAsync("mosquitto_pub", "-p", $"{gateway.MqttPort}", "-t", "state/valve", "-q", "1", "-r", "-m", "open");

        Assert.Equal("state/valve 1 open", await RunAsync("mosquitto_sub", "-p", $"{gateway.MqttPort}", "-t", "state/#", "-C", "1", "-F", "%t %r %p"));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (exitCode, output, errors) = await ChildProcess.RunAsync(program, arguments);
        Assert.True(exitCode == 0, $"{program} ended with {exitCode}: {errors}");
        return output;
    }
}
