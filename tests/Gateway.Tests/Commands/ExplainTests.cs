using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
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
    [InlineData("publish raw/7/t", "publish to raw/7/t at QoS 0: allowed by auth.no_match\nrewrite: it becomes plant/7/c\n")]
    [InlineData("publish other/t", "publish to other/t at QoS 0: allowed by auth.no_match\n")]
    [InlineData("publish user/t", "publish to user/t at QoS 0: allowed by auth.no_match\nrewrite: refused, what [[rewrite]] makes of it is no topic, or needs a name that the client does not have\n")]
    [InlineData("publish $delayed/4294966/raw/7/t", "delay: it is published at …Z, and judged now\npublish to raw/7/t at QoS 0: allowed by auth.no_match\nrewrite: it becomes plant/7/c\n")]
    [InlineData("publish $delayed/soon/t", "publish to $delayed/soon/t: refused, it names no time of the next 49 days, or no topic\n")]
    [InlineData("subscribe $share/g/raw/+/t", "subscribe to raw/+/t at QoS 0: granted\n  auth.no_match holds for what no rule fits\nrewrite: it becomes plant/+/c\n")]
    public async Task What_becomes_of_the_topic_is_told(string arguments, string expected)
    {
        var config = _folder.File("gateway.toml", "[[rewrite]]\naction = 'all'\nsource = 'raw/#'\nregex = '^raw/(.+)/t$'\ntopic = 'plant/$1/${clientid}'\n"
            + "[[rewrite]]\naction = 'publish'\nsource = 'user/#'\nregex = '.'\ntopic = '${username}'\n");
        var words = arguments.Split(' ');

        Assert.Equal(0, await CommandLine.InvokeAsync(["explain", words[0], "--config", config, "--client", "c", words[1]], _output, _error));

        var told = System.Text.RegularExpressions.Regex.Replace(_output.ToString(), "[0-9-]{10}T[0-9:]{8}Z", "…Z");
        Assert.Equal("connect: let in as an anonymous client\n" + expected, told);
    }

    [Theory]
    [InlineData("publish $SYS/broker/uptime", "refused all the same: below $SYS/ nobody but the gateway publishes")]
    [InlineData("publish $delayed/0/$SYS/broker/uptime", "refused all the same: below $SYS/ nobody but the gateway publishes")]
    [InlineData("publish to-sys", "refused all the same: below $SYS/ nobody but the gateway publishes")]
    [InlineData("subscribe $SYS/#", "  auth.no_match holds for what no rule fits")]
    [InlineData("publish a/b/c/d", "refused all the same: it has more levels than mqtt.max_topic_levels, 3")]
    [InlineData("subscribe $share/g/a/b/c/#", "refused all the same: it has more levels than mqtt.max_topic_levels, 3")]
    [InlineData("publish a/b/c", "publish to a/b/c at QoS 0: allowed by auth.no_match")]
    public async Task What_the_broker_takes_from_nobody_is_named_too(string arguments, string last)
    {
        var file = _folder.File(
            "gateway.toml",
            """
            [mqtt]
            max_topic_levels = 3
            [[rewrite]]
            action = "publish"
            source = "to-sys"
            regex = "^to-sys$"
            topic = "$SYS/x"
            """);
        Assert.Equal(0, await CommandLine.InvokeAsync(["explain", .. arguments.Split(' '), "--config", file, "--client", "c"], _output, _error));

        Assert.Equal(last, _output.ToString().TrimEnd().Split('\n')[^1]);
    }

    [Theory]
    [InlineData("common-name", "--certificate press-7", "let in as user press-7, by its certificate\npublish to t at QoS 0: denied by acl.toml:1")]
    [InlineData("common-name", "--user press-7", "let in as an anonymous client, as without auth.users_file a user name counts for nothing\npublish to t at QoS 0: allowed by auth.no_match")]
    [InlineData("distinguished-name", "--certificate x --user press-7", "let in as user press-7, by its certificate\npublish to t at QoS 0: denied by acl.toml:1")]
    [InlineData("distinguished-name", "--certificate x", "say with --user what its certificate names")]
    [InlineData("none", "--certificate press-7", "let in as an anonymous client\npublish to t at QoS 0: allowed by auth.no_match")]
    public async Task A_certificate_may_say_who_the_user_is(string identity, string who, string expected)
    {
        var config = _folder.File("gateway.toml", $"auth = {{ acl_file = 'acl.toml', certificate_identity = '{identity}' }}");
        _folder.File("acl.toml", "[[rule]]\ndeny = 'all'\nuser = 'press-7'");

        Assert.Equal(0, await CommandLine.InvokeAsync(["explain", "publish", "--config", config, "--client", "c", .. who.Split(' '), "t"], _output, _error));

        Assert.Equal($"connect: {expected}\n", _output.ToString());
    }

    [Fact]
    public async Task A_ban_is_told()
    {
        var config = _folder.File("gateway.toml", "auth.ban_file = 'banned.toml'");
        _folder.File("banned.toml", "[[ban]]\nclient = 'c'\nuntil = 2200-01-01T00:00:00Z");

        Assert.Equal(0, await CommandLine.InvokeAsync(["explain", "publish", "--config", config, "--client", "c", "t"], _output, _error));

        Assert.Equal("connect: refused, banned.toml:1 bans it until 2200-01-01T00:00:00+00:00\n", _output.ToString());
    }

    [Theory]
    [InlineData("", """{"sub":"press-7","acl":{"pub":["p/${clientid}/#"]}}""", "publish --client c --token t p/c/x",
        "let in as user press-7, by its token, for any time\n  the token's pub allows to publish: p/${clientid}/#\n  the token denies to publish and subscribe: every topic\npublish to p/c/x at QoS 0: allowed by the token's pub")]
    [InlineData("", """{"sub":"press-7","exp":4102444800,"acl":[{"permission":"deny","action":"sub","topic":"a/b"}]}""", "subscribe --client c --user x --token t a/+",
        "let in as user press-7, by its token, until 2100-01-01T00:00:00Z\n  the token's rule 1 denies to subscribe: a/b\n"
        + "subscribe to a/+ at QoS 0: granted, and each message is judged by its topic; the first of these that fits decides\n  the token's rule 1 denies a/b\n  auth.no_match holds for what no rule fits")]
    [InlineData("", """{"sub":"press-7","exp":1}""", "publish --client c --token t a", "refused, its token is not taken: it has expired (claim exp)")]
    [InlineData("", """{"sub":"press-7"}""", "publish --client c --token gateway.toml a", "refused, it gives no token that a key in auth.jwt.key_file signed")]
    [InlineData("", """{"sub":"press-7"}""", "publish --client c --user alice a", "refused, it gives no token, and there is no auth.users_file")]
    [InlineData("users_file = 'users.toml', chain = ['scram'], ", """{"sub":"press-7"}""", "publish --client c --token t a", "refused, no token is taken: auth.chain does not name \"jwt\"")]
    [InlineData("users_file = 'users.toml', chain = ['jwt'], ", """{"sub":"press-7"}""", "publish --client c --user alice a", "refused, auth.chain takes no passwords")]
    [InlineData("users_file = 'users.toml', chain = ['password', 'jwt'], ", """{"sub":"press-7"}""", "publish --client c --user alice --token t a",
        "let in as user alice, with the right password\npublish to a at QoS 0: allowed by auth.no_match")]
    public async Task A_token_is_verified_and_what_it_says_is_told(string auth, string claims, string arguments, string expected)
    {
        const string secret = "0123456789abcdef0123456789abcdef";
        var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        var token = _folder.File("t", $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed)))}\n");
        var config = _folder.File("gateway.toml", $"auth = {{ {auth}jwt = {{ key_file = 'key' }} }}");
        _folder.File("key", secret);
        _folder.File("users.toml", $"[users.alice]\npassword = \"{LocalBroker.Access.PasswordHash.Create("p"u8, 1_000).ToText()}\"");
        string[] words = [.. arguments.Split(' ').Select(word => word == "t" ? token : word == "gateway.toml" ? config : word)];

        Assert.Equal(0, await CommandLine.InvokeAsync(["explain", words[0], "--config", config, .. words[1..]], _output, _error));

        Assert.Equal($"connect: {expected}\n", _output.ToString());
    }

    [Theory]
    [InlineData("publish --client c --token nowhere t", "--token must be the path of a file that exists and can be read.")]
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

    [Fact]
    public async Task How_a_user_must_prove_who_it_is_is_said_where_that_is_not_left_open()
    {
        await ExplainAsync("publish --client c --user alice t", "chain = ['scram'], ");

        Assert.StartsWith("connect: let in as user alice, by SCRAM with the right password; auth.chain takes no other way\n", _output.ToString(), StringComparison.Ordinal);
    }

    private Task<int> ExplainAsync(string arguments, string auth = "")
    {
        var config = _folder.File("gateway.toml", $"auth = {{ {auth}users_file = 'users.toml', acl_file = 'acl.toml', no_match = 'deny' }}");
        _folder.File("acl.toml", Rules);
        _folder.File("users.toml", $"[users.alice]\npassword = \"{LocalBroker.Access.PasswordHash.Create("p"u8, 1_000).ToText()}\"");
        return CommandLine.InvokeAsync(["explain", .. arguments.Split(' ', 2)[..1], "--config", config, .. arguments.Split(' ')[1..]], _output, _error);
    }
}
