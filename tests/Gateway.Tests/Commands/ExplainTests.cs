using Edge.Gateway.Commands;

namespace Edge.Gateway.Tests.Commands;

public sealed class ExplainTests : IDisposable
{
    private const string Rules = """
        [[rule]]
        deny = "all"
        topics = "secret/x"

        [[rule]]
        allow = "publish"
        user = "alice"
        qos = [0, 1]
        retain = false
        topics = ["users/${username}/#", "shared/+"]

        [[rule]]
        allow = "subscribe"
        address = "192.0.2.0/24"
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("publish --client c --user alice users/alice/t", "publish to users/alice/t at QoS 0: allowed by acl.toml:5")]
    [InlineData("publish --client c --user alice users/bob/t", "publish to users/bob/t at QoS 0: denied by auth.no_match")]
    [InlineData("publish --client c --user alice users/alice/t --qos 2", "publish to users/alice/t at QoS 2: denied by auth.no_match")]
    [InlineData("publish --client c --user alice users/alice/t --retain", "publish to users/alice/t at QoS 0, retained: denied by auth.no_match")]
    [InlineData("publish --client c secret/x", "publish to secret/x at QoS 0: denied by acl.toml:1")]
    [InlineData("subscribe --client c secret/x", "subscribe to secret/x at QoS 0: denied\n  acl.toml:1 denies secret/x")]
    [InlineData("subscribe --client c --user alice --address 192.0.2.7 a/#", "subscribe to a/# at QoS 0: granted\n  acl.toml:12 allows every topic")]
    [InlineData(
        "subscribe --client c --user alice --address 192.0.2.7 $share/g/secret/+ --qos 1",
        "subscribe to secret/+ at QoS 1: granted, and each message is judged by its topic; the first of these that fits decides\n  acl.toml:1 denies secret/x\n  acl.toml:12 allows every topic")]
    [InlineData("subscribe --client c a", "subscribe to a at QoS 0: denied\n  auth.no_match holds for what no rule fits")]
    public async Task The_rule_that_decides_is_named(string arguments, string explanation)
    {
        Assert.Equal(0, await ExplainAsync(arguments));

        Assert.Equal(explanation, _output.ToString().TrimEnd().Split('\n', 2)[1]);
    }

    [Theory]
    [InlineData("--client c --user alice", "connect: let in as user alice, with the right password")]
    [InlineData("--client c --user mallory", "connect: refused, there is no user mallory in auth.users_file")]
    [InlineData("--client c", "connect: let in as an anonymous client")]
    [InlineData("--client c --address 192.0.2.7", "connect: refused, auth.allow_anonymous does not let in anonymous clients from 192.0.2.7")]
    public async Task Whether_the_client_is_let_in_at_all_comes_first(string arguments, string explanation)
    {
        Assert.Equal(0, await ExplainAsync($"publish {arguments} t"));

        Assert.Equal(explanation, _output.ToString().Split('\n')[0]);
    }

    [Fact]
    public async Task Without_users_a_name_counts_for_nothing()
    {
        Assert.Equal(0, await CommandLine.InvokeAsync(["explain", "publish", "--config", _folder.File("gateway.toml", ""), "--client", "c", "--user", "alice", "t"], _output, _error));

        Assert.Equal(
            "connect: let in as an anonymous client, as without auth.users_file a user name counts for nothing\npublish to t at QoS 0: allowed by auth.no_match\n",
            _output.ToString());
    }

    [Theory]
    [InlineData("publish --client c a/+", "TOPIC must be a Topic Name, which holds no wildcard.")]
    [InlineData("subscribe --client c a+", "TOPIC must be a Topic Filter.")]
    [InlineData("publish --client c --address here t", "--address must be an IP address.")]
    [InlineData("publish --client c --qos 3 t", "--qos must be 0, 1 or 2.")]
    public async Task Wrong_arguments_are_named(string arguments, string fault)
    {
        Assert.Equal(2, await ExplainAsync(arguments));

        Assert.Equal($"edge-gateway: {fault}\n", _error.ToString());
    }

    [Fact]
    public async Task A_wrong_access_list_is_told_instead()
    {
        var config = _folder.File("gateway.toml", "auth.acl_file = 'acl.toml'");
        _folder.File("acl.toml", "[[rule]]\nallow = 'read'");

        Assert.Equal(2, await CommandLine.InvokeAsync(["explain", "publish", "--config", config, "--client", "c", "t"], _output, _error));

        Assert.EndsWith("acl.toml:2: rule.0.allow is \"read\"; it must be \"publish\", \"subscribe\" or \"all\"\n", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> ExplainAsync(string arguments)
    {
        var config = _folder.File("gateway.toml", "auth = { users_file = 'users.toml', acl_file = 'acl.toml', no_match = 'deny' }");
        _folder.File("acl.toml", Rules);
        _folder.File("users.toml", $"[users.alice]\npassword = \"{LocalBroker.Access.PasswordHash.Create("p"u8, 1_000).ToText()}\"");
        return CommandLine.InvokeAsync(["explain", .. arguments.Split(' ', 2)[..1], "--config", config, .. arguments.Split(' ')[1..]], _output, _error);
    }
}
