using Edge.Gateway.Configuration;
using Edge.Gateway.Configuration.Schema;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Tests.Configuration;

public sealed class AccessFileTests : IDisposable
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
        var rules = AccessFile.Read(file, allowsOthers: false, report);
        Assert.Empty(report.Faults);
        return rules!;
    }
}
