using Edge.Bridge;
using Edge.Gateway.Configuration;
using Edge.Gateway.Configuration.Schema;
using Edge.LocalBroker.Routing;
using Edge.Protocols.MqttSn.Topics;
using Edge.Serial.XBee;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>docs/configuration.md and the example file say what the program does.</summary>
public sealed class DocumentationTests : IDisposable
{
    private static readonly string[] Pages = File.ReadAllLines(Repository.File("docs/configuration.md"));

    private static readonly Dictionary<ushort, PredefinedTopic> NoTopics = [];
    private static readonly Dictionary<string, ShareStrategy> NoStrategies = [];

    private readonly Loading _loading = new();

    public static TheoryData<string> Keys => [.. Rows().Select(row => row.Key)];

    public void Dispose() => _loading.Dispose();

    [Theory, MemberData(nameof(Keys))]
    public void Every_key_is_documented_with_its_value_its_default_and_its_meaning(string key)
    {
        var row = Rows().Single(row => row.Key == key).Row;

        Assert.True(Pages.Contains(row), $"docs/configuration.md must have the line\n{row}");
    }

    [Fact]
    public void No_key_is_documented_that_does_not_exist() =>
        Assert.Empty(Pages.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains('`', StringComparison.Ordinal)).Except(Rows().Select(row => row.Row)));

    [Fact]
    public void Every_default_written_as_a_value_is_what_holds_without_it()
    {
        var unset = Comparable(_loading.Settings());
        foreach (var setting in GatewaySchema.For("host-1", unset.Storage.Directory).Settings)
        {
            if (setting.Default.StartsWith('`') && TomlOf(setting.Default) is { } value && setting.Key is not ("serial" or "bridge" or "rewrite" or "auto_subscribe" or "mqttsn.client" or "mqttsn.predefined_topics" or "gateway.data_dir" or "listeners.mqtts.certificates" or "listeners.wss.certificates"))
            {
                Assert.Equal(unset, Comparable(_loading.Settings($"{setting.Key} = {value}")));
            }
        }
    }

    [Fact]
    public void Every_default_of_a_bridge_written_as_a_value_is_what_holds_without_it()
    {
        const string bridge = "[[bridge]]\nname = 'c'\naddress = 'mqtt://h'\n";
        var unset = _loading.Settings(bridge).Bridges[0];
        foreach (var setting in BridgeSchema.For("host-1").Settings.Where(setting => setting.Default.StartsWith('`')))
        {
            var set = _loading.Settings($"{bridge}{setting.Key} = {TomlOf(setting.Default)}").Bridges[0];
            Assert.Equal(unset, set with { Forward = unset.Forward, Receive = unset.Receive });
            Assert.Empty(set.Forward.Concat(set.Receive));
        }
    }

    [Fact]
    public void Every_default_of_a_serial_line_written_as_a_value_is_what_holds_without_it()
    {
        foreach (var protocol in (string[])["mqttsn", "xbee", "lines"])
        {
            var line = $"[[serial]]\nname = 'c'\ndevice = '/dev/ttyS0'\nprotocol = '{protocol}'\n";
            var unset = _loading.Settings(line).SerialLines[0];
            foreach (var setting in SerialSchema.For("host-1").Settings.Where(setting => TomlOf(setting.Default) is not null))
            {
                var loaded = _loading.Load($"{line}{setting.Key} = {TomlOf(setting.Default)}");
                if (loaded.Faults is [])
                {
                    var set = loaded.Settings!.SerialLines[0];
                    Assert.Equal((unset.Port, unset.Largest, unset.ToLine()), (set.Port, set.Largest, set.ToLine()));
                    Assert.Equal((unset.Framing ?? default, unset.ApiMode ?? XBeeApiMode.Plain), (set.Framing ?? default, set.ApiMode ?? XBeeApiMode.Plain));
                }
            }
        }
    }

    [Fact]
    public void Every_default_of_a_rule_is_what_holds_without_it()
    {
        var unset = Rule("filter = 'a'");
        foreach (var setting in BridgeRuleSchema.For("host-1").Settings.Where(setting => setting.Default.StartsWith('`')))
        {
            Assert.Equal(unset, Rule($"filter = 'a', {setting.Key} = {TomlOf(setting.Default)}"));
        }

        BridgeRule Rule(string toml) => _loading.Settings($"[[bridge]]\nname='c'\naddress='mqtt://h'\nforward = [ {{ {toml} }} ]").Bridges[0].Forward[0];
    }

    [Fact]
    public void The_packaged_example_is_valid_as_it_is_and_with_everything_in_it_turned_on()
    {
        var example = File.ReadAllText(Repository.File("packaging/gateway.toml"));
        _loading.File("cloud-password", "secret");
        _loading.File("devices.psk", "press-7:00ff");
        _loading.File("users.toml", "");
        _loading.File("acl.toml", "");
        Array.ForEach(["ca.pem", "clients-ca.pem", "server.pem", "server.key", "plant.pem", "plant.key"], (string name) => _loading.File(name, TestCertificate.Pem));
        var everything = string.Join('\n', example.Split('\n').Select(line => line.StartsWith('#') && !line.StartsWith("# ", StringComparison.Ordinal) ? line[1..] : line));

        Assert.Empty(_loading.Load(example).Faults);
        Assert.Empty(_loading.Load(everything.Replace("/etc/edge-gateway/", "", StringComparison.Ordinal)).Faults);
        Assert.NotEqual(example, everything);
    }

    [Fact]
    public void Every_example_in_the_documentation_is_valid()
    {
        _loading.File("cloud-password", "secret");
        _loading.File("devices.psk", "press-7:00ff");
        _loading.File("users.toml", "");
        _loading.File("acl.toml", "");
        Array.ForEach(["ca.pem", "clients-ca.pem", "server.pem", "server.key", "plant.pem", "plant.key"], (string name) => _loading.File(name, TestCertificate.Pem));
        var examples = File.ReadAllText(Repository.File("docs/configuration.md")).Split("```toml\n")[1..].Select(part => part.Split("```")[0]).ToArray();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Empty(_loading.Load(example.Replace("/etc/edge-gateway/", "", StringComparison.Ordinal)).Faults));
    }

    /// <summary>Two empty dictionaries are not equal.</summary>
    private static GatewaySettings Comparable(GatewaySettings settings) => settings with
    {
        Broker = settings.Broker with { ShareStrategies = NoStrategies },
        MqttSn = settings.MqttSn with { PredefinedTopics = NoTopics, Clients = [] },
    };

    private static string? TomlOf(string text) => text.Split('`') is ["", var value, ""] ? value : null;

    private static IEnumerable<(string Key, string Row)> Rows() =>
    [
        .. RowsOf("", GatewaySchema.For("", "/").Settings.Where(setting => setting.Key is not ("serial" or "bridge" or "rewrite" or "auto_subscribe" or "mqttsn.client"))),
        .. RowsOf("listeners.mqtts.certificates.", NamedCertificateSchema.Schema.Settings),
        .. RowsOf("rewrite.", RewriteSchema.Schema.Settings),
        .. RowsOf("auto_subscribe.", AutoSubscribeSchema.Schema.Settings),
        .. RowsOf("mqttsn.client.", MqttSnClientSchema.Schema.Settings),
        .. RowsOf("serial.", SerialSchema.For("").Settings),
        .. RowsOf("bridge.", BridgeSchema.For("").Settings),
        .. RowsOf("bridge.forward.", BridgeRuleSchema.For("").Settings),
    ];

    private static IEnumerable<(string Key, string Row)> RowsOf<T>(string prefix, IEnumerable<Setting<T>> settings)
    {
        var (planned, available) = (settings.OfType<PlannedSetting<T>>(), settings.Where(setting => setting is not PlannedSetting<T>));
        return
        [
            .. available.Select(setting => (prefix + setting.Key, $"| `{prefix}{setting.Key}` | {setting.Expected} | {setting.Default} | {setting.Summary} |")),
            .. planned.GroupBy(setting => setting.Feature).Select(feature => (feature.Key, $"| {feature.Key} | {string.Join(", ", feature.Select(Shown))} |")),
        ];

        string Shown(PlannedSetting<T> setting) => $"`{prefix}{setting.Key}`{(setting.Harmless is null ? "" : $" (only `{setting.Harmless}`)")}";
    }
}
