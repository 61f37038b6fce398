using System.Text;
using Edge.Gateway.Configuration;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>Files of any octets: settings or faults, and no exception; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests : IDisposable
{
    private const string Users =
        """
        [users.alice]
        password = "pbkdf2-sha256$4096$c2FsdHNhbHQ=$KtgsZKbq6PrV2AWG+Vkf66gdATRjvRBE1AjujyCAW5M="
        [users."b\"ob"]
        password = "pbkdf2-sha256$4096$c2FsdHNhbHQ=$KtgsZKbq6PrV2AWG+Vkf66gdATRjvRBE1AjujyCAW5M="
        """;

    private const string Rules =
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
        topics = ["a/${clientid}/#", "${username}", "${cert_common_name}/+"]
        """;

    private const string Bans =
        """
        [[ban]]
        client = "press-7"
        until = 2027-01-01T00:00:00Z
        reason = "lost"
        [[ban]]
        address = ["192.0.2.0/24", "2001:db8::1"]
        """;

    private const string Settings =
        """
        gateway.name = "edge-1"
        gateway.sys_interval = "10s"
        listeners = { mqtt = { bind = "127.0.0.1:1883" }, ws.path = "/mqtt" }
        mqtt.max_packet_size = "1MiB"
        mqtt.shared_subscription_groups = { workers = "sticky", "$queue" = "local" }
        mqttsn.predefined_topics = { 1 = "plant/1/temperature", 2 = "plant/1/humidity" }
        [[rewrite]]
        source = "x/#"
        pattern = '^x/(.+)/([a-z]+)$'
        topic = "z/$1/${clientid}/%u"
        [[auto_subscribe]]
        topic = "clients/${clientid}/#"
        qos = 1
        [[bridge]]
        name = "cloud"
        address = "mqtt://broker.example.com:1883"
        forward = [ { filter = "sensors/#", qos = 1, topic = "sites/${gateway}/${topic}" } ]
        queue.max_bytes = 0x1_000
        """;

    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Fact]
    public void Configuration()
    {
        var example = File.ReadAllText(Path.Combine(Repository.Root, "packaging", "gateway.toml"));
        Fuzz([Settings, example, example.Replace("\n#", "\n", StringComparison.Ordinal)], (file, _) =>
        {
            var result = ConfigurationLoader.Load(_loading.Sources() with { File = file });
            Assert.Equal(result.Settings is null, result.Faults.Count > 0);
        });
    }

    [Fact]
    public void Users_access_list_and_bans() => Fuzz([Users, Rules, Bans, "[[rule]]\nallow = 'all'\n"], (file, report) =>
    {
        var before = report.Faults.Count;
        Assert.Equal(UsersFile.Read(file, report) is null, report.Faults.Count > before);
        before = report.Faults.Count;
        Assert.Equal(RuleFile.ReadAccess(file, allowsOthers: false, report) is null, report.Faults.Count > before);
        before = report.Faults.Count;
        Assert.Equal(RuleFile.ReadBans(file, report) is null, report.Faults.Count > before);
    });

    private void Fuzz(string[] good, Action<string, ConfigurationReport> read)
    {
        var file = _loading.File("any.toml", "");
        Fuzzing.Run(
            [.. good.Select(Encoding.UTF8.GetBytes)],
            (octets, _) =>
            {
                File.WriteAllBytes(file, octets);
                read(file, new ConfigurationReport(new SettingOrigin(file, "/")));
            },
            largest: 16 * 1024);
    }
}
