using System.Text.Json.Nodes;
using Edge.EndToEnd.Tests.Harness;
using MQTTnet;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>JSON Web Tokens that openssl signed, given by foreign clients.</summary>
public sealed class TokenTests : EndToEndTest
{
    private string KeyFile => Path.Combine(Folder, "keys");

    private static JsonObject Claims => new() { ["sub"] = "alice", ["iss"] = "plant" };

    [Theory]
    [InlineData("HS256", "mqttv311", 4), InlineData("HS256", "mqttv5", 0x86)]
    [InlineData("RS256", "mqttv311", 4), InlineData("RS256", "mqttv5", 0x86)]
    [InlineData("ES256", "mqttv311", 4), InlineData("ES256", "mqttv5", 0x86)]
    public async Task A_token_lets_in_and_one_that_has_expired_or_says_or_is_signed_otherwise_does_not(string algorithm, string version, int refusal)
    {
        var issuer = await TokenIssuer.CreateAsync(Folder, algorithm);
        var other = await TokenIssuer.CreateAsync(Folder, algorithm);
        var gateway = await StartAsync(issuer.Key, "auth.jwt.claims = { iss = \"plant\" }", "auth.allow_anonymous = false");

        Assert.Equal(0, await PublishAsync(gateway, version, await issuer.TokenAsync(60, Claims)));
        Assert.Equal(refusal, await PublishAsync(gateway, version, await issuer.TokenAsync(-1, Claims)));
        Assert.Equal(refusal, await PublishAsync(gateway, version, await issuer.TokenAsync(60, new JsonObject { ["sub"] = "alice" })));
        Assert.Equal(refusal, await PublishAsync(gateway, version, await other.TokenAsync(60, Claims)));

        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=4008", StringComparison.Ordinal) && line.Contains("it has expired (claim exp)", StringComparison.Ordinal), "why");
        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=4008", StringComparison.Ordinal) && line.Contains("claim iss is missing", StringComparison.Ordinal), "why");
        Assert.DoesNotContain(gateway.Log, line => line.Contains("eyJ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mqttv311", "Connection Refused: bad user name or password")]
    [InlineData("mqttv5", "Received DISCONNECT (160)")]
    public async Task A_client_is_let_go_as_its_token_expires(string version, string told)
    {
        var issuer = await TokenIssuer.CreateAsync(Folder, "ES256");
        var gateway = await StartAsync(issuer.Key);
        var subscriber = Own(ChildProcess.Start(
            "sh", "-c", "exec stdbuf -oL mosquitto_sub -d -p $0 -V $1 -u x -P $2 -t t 2>&1", $"{gateway.MqttPort}", version, await issuer.TokenAsync(3, Claims)));
        await subscriber.Output.FirstAsync(line => line.StartsWith("Subscribed", StringComparison.Ordinal), "SUBACK");

        // It comes again by itself, and the token has expired.
        await subscriber.Output.FirstAsync(line => line.Contains(told, StringComparison.Ordinal), told);
    }

    [Fact]
    public async Task Keys_are_changed_while_the_gateway_runs_and_a_broken_file_changes_nothing()
    {
        var (older, newer) = (await TokenIssuer.CreateAsync(Folder, "ES256"), await TokenIssuer.CreateAsync(Folder, "ES256"));
        var gateway = await StartAsync(older.ToKeySet("a"), "auth.allow_anonymous = false");
        var (old, now) = (await older.TokenAsync(60, Claims), await newer.TokenAsync(60, Claims));
        Assert.Equal((0, 0x86), (await PublishAsync(gateway, "mqttv5", old), await PublishAsync(gateway, "mqttv5", now)));

        await File.WriteAllTextAsync(KeyFile, "{\"keys\":[", TestContext.Current.CancellationToken);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=1007", StringComparison.Ordinal), "the complaint");
        Assert.Equal(0, await PublishAsync(gateway, "mqttv5", old));

        await File.WriteAllTextAsync(KeyFile, newer.ToKeySet("b"), TestContext.Current.CancellationToken);
        await gateway.Run.Errors.WhenAsync(lines => lines.Count(line => line.Contains("event=1008", StringComparison.Ordinal)) == 2, "the new keys");
        Assert.Equal((0x86, 0), (await PublishAsync(gateway, "mqttv5", old), await PublishAsync(gateway, "mqttv5", now)));
    }

    [Fact]
    public async Task What_a_token_allows_holds_for_its_session_after_kill_9()
    {
        var issuer = await TokenIssuer.CreateAsync(Folder, "RS256");
        var gateway = await StartAsync(issuer.Key);
        var token = await issuer.TokenAsync(600, new JsonObject { ["sub"] = "alice", ["acl"] = JsonNode.Parse("""{"pub":["p/${clientid}"],"sub":["s/+"]}""") });
        Action<MqttClientOptionsBuilder> asAlice = options => options.WithCredentials("x", token).WithCleanStart(false).WithSessionExpiryInterval(3_600);
        await using (var alice = await MqttNetClient.ConnectAsync(gateway.MqttPort, "c", configure: asAlice))
        {
            await alice.SubscribeAsync("#");
        }

        await gateway.KillAsync();
        await gateway.StartAsync();
        await using (var publisher = await ConnectAsync(gateway.MqttPort, "publisher"))
        {
            await publisher.PublishAsync("t", "not for alice");
            await publisher.PublishAsync("s/1", "for alice");
        }

        await gateway.KillAsync();
        await gateway.StartAsync();
        await using var again = await MqttNetClient.ConnectAsync(gateway.MqttPort, "c", configure: asAlice);
        Assert.True(again.ConnAck.IsSessionPresent);
        Assert.Equal("s/1", (await again.Received.CountAsync(1, "message"))[0].Topic);
    }

    private async Task<GatewayProcess> StartAsync(string keys, params string[] settings)
    {
        await File.WriteAllTextAsync(KeyFile, keys, TestContext.Current.CancellationToken);
        return await StartGatewayAsync(new GatewayConfiguration { Settings = [$"auth.jwt.key_file = \"{KeyFile}\"", .. settings] });
    }

    private static async Task<int> PublishAsync(GatewayProcess gateway, string version, string token) =>
        (await ChildProcess.RunAsync("mosquitto_pub", "-p", $"{gateway.MqttPort}", "-V", version, "-u", "x", "-P", token, "-t", "t", "-q", "1", "-m", "m")).ExitCode;
}
