using Edge.Gateway.Configuration;
using Edge.Gateway.Configuration.Schema;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Tests.Configuration;

public sealed class RuleFileTests : IDisposable
{
    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Theory]
    [InlineData("[[rule]]", "acl.toml:1: rule.0 must hold either allow or deny, with \"publish\", \"subscribe\" or \"all\"")]
    [InlineData("[[rule]]\nallow = 'all'\ndeny = 'all'", "acl.toml:1: rule.0 must hold either allow or deny, with \"publish\", \"subscribe\" or \"all\"")]
    [InlineData("[[rule]]\nallow = 'all'\nretain = true", "acl.toml:3: rule.0.retain is for rules about \"publish\" alone")]
    [InlineData("[[rule]]\nallow = 'all'\ntopics = 'a+'", "acl.toml:3: rule.0.topics is \"a+\"; it must be a Topic Filter or an array of them; ${clientid}, ${username}, ${host} and ${cert_common_name} are the only placeholders in it")]
    [InlineData("[[rule]]\nallow = 'all'\ntopics = ['a', '${user}']", "acl.toml:3: rule.0.topics is an array; it must be a Topic Filter or an array of them; ${clientid}, ${username}, ${host} and ${cert_common_name} are the only placeholders in it")]
    [InlineData("[[rule]]\nallow = 'all'\ntopics = []", "acl.toml:3: rule.0.topics is an array; it must be a Topic Filter or an array of them; ${clientid}, ${username}, ${host} and ${cert_common_name} are the only placeholders in it")]
    [InlineData("[[rule]]\nallow = 'all'\naddress = '192.0.2.0/33'", "acl.toml:3: rule.0.address is \"192.0.2.0/33\"; it must be an IP address or a network such as \"192.0.2.0/24\", or an array of them")]
    [InlineData("[[rule]]\nallow = 'all'\nqos = [1, 3]", "acl.toml:3: rule.0.qos is an array; it must be 0, 1, 2 or an array of them")]
    [InlineData("[[rule]]\nallow = 'all'\nuser = ''", "acl.toml:3: rule.0.user is \"\"; it must be a user name or an array of them; * at the end stands for anything")]
    [InlineData("[[rule]]\nallow = 'all'\ntopic = 'a'", "acl.toml:3: rule.0.topic is no known key; the nearest is rule.0.topics")]
    [InlineData("[[rules]]\nallow = 'all'", "acl.toml:1: rules has no place here; the file holds rules, each written [[rule]]")]
    [InlineData("rule = 'all'", "acl.toml:1: rule has no place here; the file holds rules, each written [[rule]]")]
    [InlineData("rule = ['all']", "acl.toml:1: rule.0 is \"all\"; it must be a table")]
    public void A_wrong_access_list_is_told_at_the_start(string rules, string fault)
    {
        _loading.File("acl.toml", rules);

        Assert.Equal(fault, Assert.Single(_loading.Faults("auth.acl_file = 'acl.toml'")));
    }

    [Fact]
    public void Each_key_reaches_the_rule_that_it_is_of()
    {
        var rules = Read(
            """
            [[rule]]
            allow = "publish"
            user = "alice"
            retain = true
            qos = 1

            [[rule]]
            deny = "all"
            client = ["c*", "d"]
            address = ["192.0.2.0/24", "2001:db8::1"]
            anonymous = true
            qos = [0, 2]
            topics = "a/${clientid}/#"
            """);

        Assert.Equal(
            [
                ("True Publish", "alice", "", "", (bool?)null, (bool?)true, 0b010, "", "acl.toml:1"),
                ("False All", "", "c* d", "192.0.2.0/24 2001:db8::1/128", true, null, 0b101, "a/${clientid}/#", "acl.toml:7"),
            ],
            rules.Rules.Select(rule => (
                $"{rule.Allow} {rule.Actions}", string.Join(' ', rule.Users), string.Join(' ', rule.Clients), string.Join(' ', rule.Networks),
                rule.Anonymous, rule.Retain, rule.QosMask, string.Join(' ', rule.Topics), rule.Origin)));
        Assert.False(rules.AllowsOthers);
    }

    [Fact]
    public void Every_key_of_a_rule_is_documented()
    {
        var page = File.ReadAllLines(Repository.File("docs/access.md"));

        Assert.All(
            AccessRuleSchema.Schema.Settings.Select(setting => $"| `{setting.Key}` | {setting.Expected} | {setting.Default} | {setting.Summary} |"),
            row => Assert.True(page.Contains(row), $"docs/access.md must have the line\n{row}"));
    }

    [Theory]
    [InlineData("[[ban]]\nreason = 'x'", "banned.toml:1: ban.0 must hold user, client or address; without one it would keep everybody out")]
    [InlineData("[[ban]]\nclient = 'a'\nuntil = 2030-01-31", "banned.toml:3: ban.0.until is 2030-01-31; it must be a date, time and offset such as 2030-01-31T12:00:00Z")]
    [InlineData("[[ban]]\nclient = 'a'\nuntil = 2030-01-31T12:00:00", "banned.toml:3: ban.0.until is 2030-01-31T12:00:00; it must be a date, time and offset such as 2030-01-31T12:00:00Z")]
    [InlineData("[[rule]]\nclient = 'a'", "banned.toml:1: rule has no place here; the file holds bans, each written [[ban]]")]
    public void A_wrong_list_of_bans_is_told_at_the_start(string bans, string fault)
    {
        _loading.File("banned.toml", bans);

        Assert.Equal(fault, Assert.Single(_loading.Faults("auth.ban_file = 'banned.toml'")));
    }

    [Fact]
    public void Each_key_reaches_the_ban_that_it_is_of()
    {
        var bans = ReadBans(
            """
            [[ban]]
            user = "a"
            client = ["c*", "d"]
            address = "2001:db8::1"
            until = 2030-01-31T12:00:00+01:00
            reason = "because"

            [[ban]]
            client = "e"
            until = 2030-01-31T12:00:00Z
            """);

        Assert.Equal(
            [("a", "c* d", "2001:db8::1/128", "2030-01-31 11:00:00Z", "because", "banned.toml:1"), ("", "e", "", "2030-01-31 12:00:00Z", "", "banned.toml:8")],
            bans.Select(ban => (string.Join(' ', ban.Users), string.Join(' ', ban.Clients), string.Join(' ', ban.Networks), $"{ban.Until:u}", ban.Reason, ban.Origin)));
    }

    [Fact]
    public void Every_key_of_a_ban_is_documented()
    {
        var page = File.ReadAllLines(Repository.File("docs/access.md"));

        Assert.All(
            BanSchema.Schema.Settings.Select(setting => $"| `{setting.Key}` | {setting.Expected} | {setting.Default} | {setting.Summary} |"),
            row => Assert.True(page.Contains(row), $"docs/access.md must have the line\n{row}"));
    }

    [Fact]
    public void The_example_of_bans_in_the_documentation_is_right()
    {
        var examples = File.ReadAllText(Repository.File("docs/access.md")).Split("```toml\n")[1..].Select(part => part.Split("```")[0])
            .Where(example => example.Contains("[[ban]]", StringComparison.Ordinal)).ToArray();

        Assert.Equal(2, ReadBans(Assert.Single(examples)).Count);
    }

    [Fact]
    public void Every_example_in_the_documentation_is_an_access_list()
    {
        var examples = File.ReadAllText(Repository.File("docs/access.md")).Split("```toml\n")[1..].Select(part => part.Split("```")[0])
            .Where(example => example.Contains("[[rule]]", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.NotEmpty(Read(example).Rules));
    }

    private AccessRules Read(string text)
    {
        var file = _loading.File("acl.toml", text);
        var report = new ConfigurationReport(new SettingOrigin(file, "/"));
        var rules = RuleFile.ReadAccess(file, allowsOthers: false, report);
        Assert.Empty(report.Faults);
        return rules!;
    }

    private IReadOnlyList<Ban> ReadBans(string text)
    {
        var file = _loading.File("banned.toml", text);
        var report = new ConfigurationReport(new SettingOrigin(file, "/"));
        var bans = RuleFile.ReadBans(file, report);
        Assert.Empty(report.Faults);
        return bans!;
    }
}
