using System.Net;
using Edge.Gateway.Configuration;
using Edge.LocalBroker.Access;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>Where settings come from, and which one wins.</summary>
public sealed class SourcesTests : IDisposable
{
    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Fact]
    public void With_no_configuration_at_all_every_front_is_on_loopback_and_data_is_in_edge_data()
    {
        var result = _loading.Load();

        Assert.Null(result.File);
        var settings = result.Settings!;
        Assert.Equal("host-1", settings.Name);
        Assert.Equal(Path.Combine(_loading.Folder, "edge-data"), settings.Storage.Directory);
        Assert.Equal(new ListenerSettings(Enabled: true, IPEndPoint.Parse("127.0.0.1:1883")), settings.MqttListener);
        Assert.Equal(new ListenerSettings(Enabled: true, IPEndPoint.Parse("127.0.0.1:1884")), settings.MqttSnListener);
        Assert.Equal(AnonymousAccess.Loopback, settings.AllowAnonymous);
        Assert.Equal(LogLevel.Information, settings.LogLevel);
        Assert.Empty(settings.Bridges);
    }

    [Theory]
    [InlineData("/var/lib/edge-gateway", "/var/lib/edge-gateway")]
    [InlineData("/var/lib/edge-gateway:/var/lib/other", "/var/lib/edge-gateway")]
    public void The_folder_systemd_made_is_the_default_for_data(string stateDirectory, string expected)
    {
        var sources = _loading.Sources() with { Environment = new Dictionary<string, string> { ["STATE_DIRECTORY"] = stateDirectory } };

        Assert.Equal(expected, ConfigurationLoader.Load(sources).Settings!.Storage.Directory);
    }

    [Fact]
    public void The_file_named_on_the_command_line_wins_over_the_environments_and_that_over_the_default_one()
    {
        var byDefault = _loading.File("etc-gateway.toml", "gateway.name = 'default'");
        var byEnvironment = _loading.File("environment.toml", "gateway.name = 'environment'");
        var sources = _loading.Sources();
        var withVariable = sources with { Environment = new Dictionary<string, string> { ["EDGE_GATEWAY_CONFIG"] = byEnvironment } };

        Assert.Equal((byDefault, "default"), FileAndName(sources));
        Assert.Equal((byEnvironment, "environment"), FileAndName(withVariable));
        Assert.Equal((Path.Combine(_loading.Folder, "gateway.toml"), "named"), FileAndName(withVariable with { File = _loading.File("gateway.toml", "gateway.name = 'named'") }));
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var sources = _loading.Sources("mqtt = { max_inflight = 1, max_topic_levels = 1, topic_alias_maximum = 1 }", "mqtt.max_inflight=3") with
        {
            Environment = new Dictionary<string, string>
            {
                ["EDGE_GATEWAY__mqtt__max_inflight"] = "2",
                ["EDGE_GATEWAY__mqtt__max_topic_levels"] = "2",
                ["EDGE_GATEWAYS__mqtt__max_topic_levels"] = "9",
            },
        };

        var settings = ConfigurationLoader.Load(sources).Settings!;

        Assert.Equal((3, 3), (settings.Broker.MaxInflight, settings.Mqtt.ReceiveMaximum));
        Assert.Equal(2, settings.Broker.MaxTopicLevels);
        Assert.Equal(1, settings.Mqtt.TopicAliasMaximum);
    }

    [Fact]
    public void A_value_from_outside_the_file_is_toml_when_it_can_be_read_so_and_text_otherwise()
    {
        var settings = _loading.Settings(
            null,
            "gateway.name=42",
            "listeners.mqtt.bind=[::1]:1883",
            "listeners.mqttsn.enabled=false",
            "mqtt.max_session_expiry=2d",
            "mqtt.connect_timeout=\"500ms\"",
            "mqttsn.predefined_topics={ 7 = \"a/b\" }",
            "mqttsn.predefined_topics.8=c=d");

        Assert.Equal("42", settings.Name);
        Assert.Equal(IPEndPoint.Parse("[::1]:1883"), settings.MqttListener.Bind);
        Assert.False(settings.MqttSnListener.Enabled);
        Assert.Equal(TimeSpan.FromDays(2), settings.Mqtt.MaxSessionExpiry);
        Assert.Equal(TimeSpan.FromMilliseconds(500), settings.Mqtt.ConnectTimeout);
        Assert.Equal([(7, "a/b"), (8, "c=d")], settings.MqttSn.PredefinedTopics.Select(topic => ((int)topic.Key, topic.Value.ToString())));
    }

    [Fact]
    public void A_bridge_is_reached_by_its_number_or_its_name_and_the_next_number_makes_a_new_one()
    {
        var settings = _loading.Settings(
            """
            [[bridge]]
            name = "cloud"
            address = "mqtt://one"
            forward = [ { filter = "a/#" } ]
            """,
            "bridge.cloud.address=mqtt://two",
            "bridge.0.keep_alive=30s",
            "bridge.cloud.forward.0.qos=2",
            "bridge.cloud.forward.1.filter=b/#",
            "bridge.1.name=backup",
            "bridge.backup.address=mqtts://three");

        Assert.Equal(["cloud", "backup"], settings.Bridges.Select(bridge => bridge.Name));
        Assert.Equal(new Uri("mqtt://two:1883"), settings.Bridges[0].Address);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Bridges[0].KeepAlive);
        Assert.Equal(["a/# 2", "b/# 1"], settings.Bridges[0].Forward.Select(rule => $"{rule.Filter} {(int)rule.Qos}"));
        Assert.Equal(new Uri("mqtts://three:8883"), settings.Bridges[1].Address);
    }

    [Fact]
    public void A_relative_path_counts_from_the_files_folder_and_outside_the_file_from_the_working_directory()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_loading.Folder, "elsewhere")).FullName;
        var sources = _loading.Sources("gateway.data_dir = 'data'") with { WorkingDirectory = elsewhere };

        Assert.Equal(Path.Combine(_loading.Folder, "data"), ConfigurationLoader.Load(sources).Settings!.Storage.Directory);
        Assert.Equal(
            Path.Combine(elsewhere, "data"),
            ConfigurationLoader.Load(sources with { Set = ["gateway.data_dir=data"] }).Settings!.Storage.Directory);
    }

    [Theory]
    [InlineData("mqtt.max_inflight", "--set: mqtt.max_inflight has no value; write it as --set section.key=value")]
    [InlineData("=5", "--set:  is no key; write it as section.key")]
    [InlineData("mqtt..x=5", "--set: mqtt..x is no key; write it as section.key")]
    [InlineData("bridge.cloud.keep_alive=30s", "--set: bridge.cloud.keep_alive leads nowhere: there is no cloud")]
    [InlineData("bridge.2.keep_alive=30s", "--set: bridge.2.keep_alive leads nowhere: there is no 2")]
    [InlineData("mqtt.max_inflght=5", "--set: mqtt.max_inflght is no known key; the nearest is mqtt.max_inflight")]
    [InlineData("mqtt.max_inflight=0", "--set: mqtt.max_inflight is 0; it must be a whole number from 1 to 65535")]
    public void A_wrong_override_is_a_fault_that_names_it(string set, string fault) =>
        Assert.Equal(fault.Replace(":  is", ": is", StringComparison.Ordinal), Assert.Single(_loading.Faults(null, set)));

    [Fact]
    public void A_fault_from_the_environment_names_the_variable()
    {
        var sources = _loading.Sources() with { Environment = new Dictionary<string, string> { ["EDGE_GATEWAY__MQTT__max_inflight"] = "5" } };

        var fault = Assert.Single(ConfigurationLoader.Load(sources).Faults);

        Assert.Equal("environment variable EDGE_GATEWAY__MQTT__max_inflight: MQTT is no known key; the nearest is mqtt", fault.ToString());
    }

    [Fact]
    public void A_file_that_is_named_but_not_there_is_a_fault_and_not_the_defaults()
    {
        var path = Path.Combine(_loading.Folder, "missing.toml");

        var result = ConfigurationLoader.Load(_loading.Sources() with { File = path });

        Assert.Null(result.Settings);
        Assert.StartsWith($"{path}: the configuration file cannot be read: ", Assert.Single(result.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_file_that_is_there_but_cannot_be_read_is_a_fault_and_not_the_defaults()
    {
        var sources = _loading.Sources();
        Directory.CreateDirectory(sources.DefaultFile);

        Assert.StartsWith(
            $"{sources.DefaultFile}: the configuration file cannot be read: ", Assert.Single(ConfigurationLoader.Load(sources).Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_name_is_a_name_on_the_command_line_and_none_in_the_environment()
    {
        Assert.NotEmpty(ConfigurationLoader.Load(_loading.Sources() with { File = "" }).Faults);
        Assert.Null(ConfigurationLoader.Load(_loading.Sources() with { Environment = new Dictionary<string, string> { ["EDGE_GATEWAY_CONFIG"] = "" } }).File);
    }

    [Fact]
    public void A_file_that_is_no_utf_8_is_a_fault()
    {
        var path = Path.Combine(_loading.Folder, "gateway.toml");
        File.WriteAllBytes(path, [(byte)'a', 0xFF]);

        var fault = Assert.Single(ConfigurationLoader.Load(_loading.Sources() with { File = path }).Faults);

        Assert.Equal($"{path}: the configuration file must be UTF-8 text", fault.ToString());
    }

    [Fact]
    public void A_byte_order_mark_is_no_fault()
    {
        var path = Path.Combine(_loading.Folder, "gateway.toml");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. "gateway.name = 'x'"u8]);

        Assert.Equal("x", ConfigurationLoader.Load(_loading.Sources() with { File = path }).Settings!.Name);
    }

    private static (string? File, string Name) FileAndName(ConfigurationSources sources)
    {
        var result = ConfigurationLoader.Load(sources);
        return (result.File, result.Settings!.Name);
    }
}
