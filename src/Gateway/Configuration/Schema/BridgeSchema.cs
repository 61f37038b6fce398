using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Edge.Bridge;
using Edge.Gateway.Configuration.Toml;
using Edge.Messaging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[bridge]]</c>, and what must hold between them.</summary>
internal static class BridgeSchema
{
    private const string Mqtt = "mqtt";
    private const string Mqtts = "mqtts";

    private static readonly string[] TlsKeys = ["ca_file", "certificate", "key"];

    private static readonly SettingType<string> Name = SettingType.Text(
        "a name of letters, digits, `-` and `_`",
        text => text.Length is > 0 and <= 64 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'));

    private static readonly SettingType<Uri> Address = new(
        "`\"mqtt://host:port\"` or `\"mqtts://host:port\"` without anything else (user name and password have keys of their own; `ws` and `wss` are not available in this version)",
        TryReadAddress);

    private static readonly SettingType<UpstreamProtocol> Protocol =
        SettingType.OneOf(("auto", UpstreamProtocol.Auto), ("5.0", UpstreamProtocol.V5), ("3.1.1", UpstreamProtocol.V311));

    /// <summary>Stands for an address that could not be read.</summary>
    public static Uri NoAddress { get; } = new("mqtt://unknown:1883");

    /// <summary>The schema for a gateway of a name.</summary>
    public static SettingSchema<BridgeOptions> For(string gateway) => new(
        new BridgeOptions { Name = "", Address = NoAddress, ClientId = gateway }, SettingsFor(gateway), Check);

    private static Setting<BridgeOptions>[] SettingsFor(string gateway) =>
    [
        Value("name", Name, Setting<BridgeOptions>.Required,
            "Name of the bridge: its queue, its `$SYS` topics and its log lines bear it. A bridge of another name has another queue.",
            (b, value) => b with { Name = value }),
        Value("address", Address, Setting<BridgeOptions>.Required,
            "The upstream broker; without a port 1883, or 8883 for `mqtts`.",
            (b, value) => b with { Address = value }),
        Value("client_id", ClientId(gateway), "`\"${gateway}\"`",
            "ClientId towards upstream.",
            (b, value) => b with { ClientId = value }),
        Value("username", SettingType.Text("a text", text => text.Length > 0), "none",
            "User name towards upstream.",
            (b, value) => b with { UserName = value }),
        Value("password_file", SettingType.ReadableFile, "none",
            "File that holds the password and nothing else; read at every connection.",
            (b, value) => b with { PasswordFile = value }),
        Value("ca_file", SettingType.ReadableFile, "the system's",
            "PEM file with the certificates trusted as roots; `mqtts` only.",
            (b, value) => b with { CaFile = value }),
        Value("certificate", SettingType.ReadableFile, "none",
            "PEM file with our own certificate for mutual TLS; `mqtts` only, together with `key`.",
            (b, value) => b with { CertificateFile = value }),
        Value("key", SettingType.ReadableFile, "none",
            "PEM file with the key of `certificate`.",
            (b, value) => b with { KeyFile = value }),
        Value("protocol", Protocol, "`\"auto\"`",
            "MQTT version; `\"auto\"` tries 5.0, then 3.1.1.",
            (b, value) => b with { Protocol = value }),
        Value("keep_alive", SettingType.Duration("5s", "18h", step: "1s"), "`\"60s\"`",
            "Keep Alive. A link that is silent for one and a half times as long is given up.",
            (b, value) => b with { KeepAlive = value }),
        Value("acknowledge_timeout", SettingType.Duration("1s", "1h"), "`\"30s\"`",
            "Longest age of an unacknowledged message before the link is given up and the message is sent again on the next.",
            (b, value) => b with { AcknowledgeTimeout = value }),
        Value("connect_timeout", SettingType.Duration("100ms", "10m"), "`\"10s\"`",
            "Longest wait for a connection and its CONNACK.",
            (b, value) => b with { ConnectTimeout = value }),
        Value("reconnect_min", SettingType.Duration("10ms", "1h"), "`\"1s\"`",
            "First wait before connecting again; doubles each time, with a random spread.",
            (b, value) => b with { ReconnectMinimum = value }),
        Value("reconnect_max", SettingType.Duration("10ms", "1d"), "`\"60s\"`",
            "Longest wait before connecting again.",
            (b, value) => b with { ReconnectMaximum = value }),
        Value("max_inflight", SettingType.WholeNumber(1, 65_535), "`100`",
            "Messages unacknowledged at once; upstream's Receive Maximum holds as well.",
            (b, value) => b with { MaxInflight = value }),
        Value("max_packet_size", SettingType.Size("1KiB", "256MiB"), "`\"1MiB\"`",
            "Largest packet taken from upstream.",
            (b, value) => b with { MaxPacketSize = (int)value }),
        Rules("forward", "Local to upstream.", gateway, (b, value) => b with { Forward = value }),
        Rules("receive", "Upstream to local.", gateway, (b, value) => b with { Receive = value }),
        Value("queue.max_bytes", SettingType.Size("1KiB", "1TiB"), "`\"256MiB\"`",
            "Octets that may wait for upstream.",
            (b, value) => b with { QueueMaxBytes = value }),
        Value("queue.max_age", SettingType.Duration("0", "36500d", step: "1s"), "`\"0\"`",
            "How long a message may wait for upstream; `0` for ever.",
            (b, value) => b with { QueueMaxAge = value }),
        Value("queue.overflow", SettingType.OneOf(("drop-oldest", OverflowPolicy.DropOldest), ("drop-newest", OverflowPolicy.DropNewest)), "`\"drop-oldest\"`",
            "Who goes when the queue is full. Each is counted.",
            (b, value) => b with { QueueOverflow = value }),
        new PlannedSetting<BridgeOptions>("queue.drain_rate", "a limit on the rate of draining", "0"),
    ];

    private static void Check(BridgeOptions bridge, string key, ConfigurationReport report)
    {
        if (bridge.ReconnectMinimum > bridge.ReconnectMaximum)
        {
            report.Add($"{key}.reconnect_min",
                $"is \"{DurationText.Format(bridge.ReconnectMinimum)}\"; it must be at most reconnect_max, \"{DurationText.Format(bridge.ReconnectMaximum)}\"");
        }

        if (bridge is { PasswordFile: not null, UserName: null } and not { Protocol: UpstreamProtocol.V5 } && !report.IsGiven($"{key}.username"))
        {
            report.Add($"{key}.password_file", "needs a username beside it, unless protocol is \"5.0\"");
        }

        if (bridge.Address.Scheme == Mqtt && !ReferenceEquals(bridge.Address, NoAddress))
        {
            foreach (var name in TlsKeys.Where(name => report.IsGiven($"{key}.{name}")))
            {
                report.Add($"{key}.{name}", "is for TLS; address must begin with mqtts://");
            }
        }

        CheckRules(bridge.Forward, $"{key}.forward", report);
        CheckRules(bridge.Receive, $"{key}.receive", report);
        CheckCertificates(bridge, key, report);
    }

    private static void CheckRules(IReadOnlyList<BridgeRule> rules, string key, ConfigurationReport report)
    {
        foreach (var (index, rule) in rules.Index().Where(rule => rule.Item.Filter != default && rules.Take(rule.Index).Any(other => other.Filter == rule.Item.Filter)))
        {
            report.Add($"{key}.{index}.filter", $"is \"{rule.Filter}\", as in a rule before it, which decides; every filter must be there once");
        }
    }

    private static void CheckCertificates(BridgeOptions bridge, string key, ConfigurationReport report)
    {
        if (report.IsGiven($"{key}.certificate") != report.IsGiven($"{key}.key"))
        {
            report.Add(report.IsGiven($"{key}.key") ? $"{key}.key" : $"{key}.certificate", "is not enough; certificate and key go together");
        }

        if (bridge.CaFile is { } ca && !CanLoad(() => ImportRoots(ca), out var fault))
        {
            report.Add($"{key}.ca_file", $"is \"{ca}\"; it must be a PEM file with certificates: {fault}");
        }

        if (bridge is { CertificateFile: { } certificate, KeyFile: { } privateKey }
            && !CanLoad(() => X509Certificate2.CreateFromPemFile(certificate, privateKey).Dispose(), out fault))
        {
            report.Add($"{key}.certificate", $"is \"{certificate}\"; it must be a PEM file with the certificate that key belongs to: {fault}");
        }
    }

    private static void ImportRoots(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        if (roots.Count == 0)
        {
            throw new CryptographicException("it holds no certificate.");
        }
    }

    private static bool CanLoad(Action load, [NotNullWhen(false)] out string? fault)
    {
        try
        {
            load();
            fault = null;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            fault = exception.Message;
        }

        return fault is null;
    }

    private static SettingType<string> ClientId(string gateway) => new(
        "a text; `${gateway}` is the only placeholder in it",
        (SettingNode node, [MaybeNullWhen(false)] out string value) =>
        {
            value = null;
            return SettingType.TryGetText(node, out var template)
                && Placeholders.TryResolve(template, gateway, out value)
                && value.Length > 0
                && System.Text.Encoding.UTF8.GetByteCount(value) <= ushort.MaxValue;
        });

    private static bool TryReadAddress(SettingNode node, [MaybeNullWhen(false)] out Uri address)
    {
        address = null;
        if (!SettingType.TryGetText(node, out var text)
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri is not { Scheme: Mqtt or Mqtts, Host.Length: > 0, UserInfo: "", PathAndQuery: "" or "/", Fragment: "", Port: not 0 })
        {
            return false;
        }

        address = new UriBuilder(uri.Scheme, uri.Host, uri.Port > 0 ? uri.Port : uri.Scheme == Mqtts ? 8883 : 1883).Uri;
        return true;
    }

    private static ValueSetting<BridgeOptions, T> Value<T>(
        string key, SettingType<T> type, string byDefault, string summary, Func<BridgeOptions, T, BridgeOptions> set) =>
        new(key, type, byDefault, summary, set);

    private static TableArraySetting<BridgeOptions, BridgeRule> Rules(
        string key, string summary, string gateway, Func<BridgeOptions, IReadOnlyList<BridgeRule>, BridgeOptions> set) =>
        new(key, "an array of tables such as `[ { filter = \"sensors/#\", qos = 1, topic = \"${topic}\" } ]`", summary, _ => BridgeRuleSchema.For(gateway), set);
}
