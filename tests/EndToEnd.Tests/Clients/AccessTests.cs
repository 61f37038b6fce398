using Edge.EndToEnd.Tests.Harness;
using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>Users, passwords and the access list, seen by the command line clients of mosquitto.</summary>
public sealed class AccessTests : EndToEndTest
{
    private const string Rules = """
        [[rule]]
        deny = "all"
        topics = "secret/x"
        """;

    [Theory]
    [InlineData("mqttv311", new string[0], 5, "not authorised")]
    [InlineData("mqttv311", new[] { "-u", "alice", "-P", "wrong" }, 4, "bad user name or password")]
    [InlineData("mqttv311", new[] { "-u", "mallory", "-P", "right" }, 4, "bad user name or password")]
    [InlineData("mqttv5", new string[0], 0x87, "Not authorized")]
    [InlineData("mqttv5", new[] { "-u", "alice", "-P", "wrong" }, 0x86, "Bad User Name or Password")]
    [InlineData("mqttv5", new[] { "-u", "mallory", "-P", "right" }, 0x86, "Bad User Name or Password")]
    public async Task Who_is_not_known_is_told_why_it_is_not_let_in(string version, string[] credentials, int expected, string why)
    {
        var gateway = await StartWithUserAsync();

        var (exitCode, _, errors) = await PublishAsync(gateway, version, credentials, "t");

        Assert.Equal(expected, exitCode);
        Assert.Contains(why, errors, StringComparison.Ordinal);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=4005", StringComparison.Ordinal), "the refusal in the log");
        Assert.Single(gateway.Log, line => line.Contains("event=4005", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.Log, line => line.Contains("wrong", StringComparison.Ordinal) || line.Contains("right", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mqttv311", "")]
    [InlineData("mqttv5", "Not authorized")]
    public async Task A_subscriber_gets_all_but_what_is_denied(string version, string toldToPublisher)
    {
        var gateway = await StartWithUserAsync();
        string[] alice = ["-u", "alice", "-P", "right"];
        var subscriber = Own(ChildProcess.Start(
            "stdbuf", ["-oL", "mosquitto_sub", "-d", "-p", $"{gateway.MqttPort}", "-V", version, .. alice, "-t", "secret/#", "-q", "1", "-C", "2", "-F", "%t %p"]));
        await subscriber.Output.FirstAsync(line => line.StartsWith("Subscribed", StringComparison.Ordinal), "SUBACK");

        Assert.Equal(0, (await PublishAsync(gateway, version, alice, "secret/a")).ExitCode);
        var denied = await PublishAsync(gateway, version, alice, "secret/x");
        Assert.Equal(0, (await PublishAsync(gateway, version, alice, "secret/b")).ExitCode);

        Assert.Contains(toldToPublisher, denied.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await subscriber.ExitAsync());
        Assert.Equal(["secret/a m", "secret/b m"], subscriber.Output.ToArray().Where(line => line.StartsWith("secret/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_subscription_that_is_denied_whole_is_refused(string version)
    {
        var gateway = await StartWithUserAsync();

        var (_, _, errors) = await ChildProcess.RunAsync(
            "mosquitto_sub", "-p", $"{gateway.MqttPort}", "-V", version, "-u", "alice", "-P", "right", "-t", "secret/x");

        Assert.Contains("All subscription requests were denied.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_falls_due_as_the_gateway_starts_is_judged_by_the_rules_of_that_moment()
    {
        var gateway = await StartWithUserAsync();
        Action<MqttClientOptionsBuilder> asAlice = options => options.WithCredentials("alice", "right").WithCleanStart(false).WithSessionExpiryInterval(3_600);
        await using (var watcher = await MqttNetClient.ConnectAsync(gateway.MqttPort, "watcher", configure: asAlice))
        {
            await watcher.SubscribeAsync("state/#");
        }

        await using var lost = await MqttNetClient.ConnectAsync(
            gateway.MqttPort, "lost", configure: asAlice + (options => options.WithWillTopic("state/lost").WithWillPayload("gone").WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)));
        await gateway.KillAsync();
        await File.AppendAllTextAsync(RulesFile, """

            [[rule]]
            deny = "publish"
            topics = "state/${clientid}"
            """, TestContext.Current.CancellationToken);
        await gateway.StartAsync();

        await using var again = await MqttNetClient.ConnectAsync(gateway.MqttPort, "watcher", configure: asAlice);
        await again.PublishAsync("state/end", "end");
        var received = await again.Received.CountAsync(1, "message");
        Assert.Equal("state/end", received[0].Topic);
    }

    [Fact]
    public async Task A_user_deleted_while_connected_is_let_go_and_one_made_is_let_in()
    {
        var gateway = await StartWithUserAsync();
        var subscriber = Own(ChildProcess.Start(
            "stdbuf", "-oL", "mosquitto_sub", "-d", "-p", $"{gateway.MqttPort}", "-V", "mqttv5", "-u", "alice", "-P", "right", "-t", "t"));
        await subscriber.Output.FirstAsync(line => line.StartsWith("Subscribed", StringComparison.Ordinal), "SUBACK");

        await PasswdAsync("bob", "new");
        await gateway.Run.Errors.FirstAsync(line => line.Contains("was read: 2 users", StringComparison.Ordinal), "the users file");
        Assert.Equal(0, (await PublishAsync(gateway, "mqttv5", ["-u", "bob", "-P", "new"], "other")).ExitCode);

        await ChildProcess.RunAsync(Repository.Gateway, "passwd", UsersFile, "alice", "--delete");
        await subscriber.Output.FirstAsync(line => line.Contains("DISCONNECT (152)", StringComparison.Ordinal), "DISCONNECT");
    }

    [Fact]
    public async Task A_broken_file_changes_nothing()
    {
        var gateway = await StartWithUserAsync();

        await File.WriteAllTextAsync(UsersFile, "[users.alice]\npassword = \"right\"\n", TestContext.Current.CancellationToken);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=1007", StringComparison.Ordinal), "the complaint");

        Assert.Equal(0, (await PublishAsync(gateway, "mqttv5", ["-u", "alice", "-P", "right"], "t")).ExitCode);
    }

    [Theory]
    [InlineData("mqttv311", 5)]
    [InlineData("mqttv5", 0x8A)]
    public async Task A_client_banned_while_connected_is_let_go_and_not_let_in_again_until_the_ban_is_lifted(string version, int refusal)
    {
        var bans = Path.Combine(Folder, "banned.toml");
        await File.WriteAllTextAsync(bans, "", TestContext.Current.CancellationToken);
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = [$"auth.ban_file = \"{bans}\""] });
        await using var client = await MqttNetClient.ConnectAsync(gateway.MqttPort, "press-7");

        await File.WriteAllTextAsync(bans, "[[ban]]\nclient = \"press-*\"\n", TestContext.Current.CancellationToken);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("1 bans; 1 clients were let go", StringComparison.Ordinal), "the list of bans");
        var banned = await PublishAsync(gateway, version, ["-i", "press-8"], "t");
        var other = await PublishAsync(gateway, version, ["-i", "drill-1"], "t");
        await File.WriteAllTextAsync(bans, "", TestContext.Current.CancellationToken);
        await gateway.Run.Errors.WhenAsync(lines => lines.Count(line => line.Contains("event=1009", StringComparison.Ordinal)) == 3, "the list of bans, emptied");
        var again = await PublishAsync(gateway, version, ["-i", "press-8"], "t");

        Assert.Equal((refusal, 0, 0), (banned.ExitCode, other.ExitCode, again.ExitCode));
    }

    private string UsersFile => Path.Combine(Folder, "users.toml");

    private string RulesFile => Path.Combine(Folder, "acl.toml");

    private async Task<GatewayProcess> StartWithUserAsync()
    {
        await PasswdAsync("alice", "right");
        await File.WriteAllTextAsync(RulesFile, Rules, TestContext.Current.CancellationToken);
        return await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = ["auth.allow_anonymous = false", $"auth.users_file = \"{UsersFile}\"", $"auth.acl_file = \"{RulesFile}\""],
        });
    }

    private async Task PasswdAsync(string user, string password)
    {
        var (exitCode, _, errors) = await ChildProcess.RunAsync("sh", "-c", $"echo {password} | '{Repository.Gateway}' passwd '{UsersFile}' {user}");
        Assert.True(exitCode == 0, errors);
    }

    private static Task<(int ExitCode, string Output, string Errors)> PublishAsync(GatewayProcess gateway, string version, string[] credentials, string topic) =>
        ChildProcess.RunAsync("mosquitto_pub", ["-p", $"{gateway.MqttPort}", "-V", version, .. credentials, "-t", topic, "-q", "1", "-m", "m"]);
}
