using System.Diagnostics.CodeAnalysis;
using Edge.Gateway.Configuration.Toml;
using Edge.Messaging;
using Edge.Serial;
using Edge.Serial.Lines;
using Edge.Serial.Ports;
using Edge.Serial.XBee;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[serial]]</c>, and what must hold between them.</summary>
internal static class SerialSchema
{
    // It begins with a letter, as it is an address too: none that looks like one of the network.
    private static readonly SettingType<string> Name = SettingType.Text(
        "a name of letters, digits, `-` and `_` that begins with a letter",
        text => text.Length is > 0 and <= 64 && char.IsAsciiLetter(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'));

    private static readonly SettingType<string> Device = SettingType.Text(
        "the path of a device, such as `\"/dev/serial/by-id/usb-…\"` or `\"/dev/ttyAMA0\"`",
        text => text.StartsWith('/') && !text.Any(char.IsControl));

    private static readonly SettingType<XBeeApiMode> ApiMode =
        SettingType.OneOf((1L, XBeeApiMode.Plain), (2L, XBeeApiMode.Escaped));

    /// <summary>The schema for a gateway of a name.</summary>
    public static SettingSchema<SerialSettings> For(string gateway) => new(new SerialSettings(), SettingsFor(gateway), Check);

    private static Setting<SerialSettings>[] SettingsFor(string gateway) =>
    [
        Value("name", Name, Setting<SerialSettings>.Required,
            "Name of the line: its `$SYS` topics and its log lines bear it.",
            (s, value) => s with { Name = value }),
        Value("device", Device, Setting<SerialSettings>.Required,
            "The serial port, looked up anew at every opening. A pseudo-terminal will do. It need not be there when the gateway starts.",
            (s, value) => s with { Port = s.Port with { Device = value } }),
        Value("protocol",
            SettingType.OneOf(("mqttsn", SerialProtocol.MqttSn), ("xbee", SerialProtocol.XBee), ("lines", SerialProtocol.Lines)),
            Setting<SerialSettings>.Required,
            "`\"mqttsn\"`: MQTT-SN with the node at the other end. `\"xbee\"`: MQTT-SN with the nodes behind a Digi XBee radio. `\"lines\"`: each line of text is a message.",
            (s, value) => s with { Protocol = value }),
        Value("baud", SettingType.WholeNumber(50, 4_000_000), "`115200`",
            "Bits per second; not only the usual ones.",
            (s, value) => s with { Port = s.Port with { Baud = value } }),
        Value("data_bits", SettingType.WholeNumber(5, 8), "`8`",
            "Bits of an octet; all but `lines` need 8.",
            (s, value) => s with { Port = s.Port with { DataBits = value } }),
        Value("parity", SettingType.OneOf(("none", Parity.None), ("even", Parity.Even), ("odd", Parity.Odd)), "`\"none\"`",
            "The parity bit.",
            (s, value) => s with { Port = s.Port with { Parity = value } }),
        Value("stop_bits", SettingType.WholeNumber(1, 2), "`1`",
            "Stop bits.",
            (s, value) => s with { Port = s.Port with { StopBits = value } }),
        Value("flow_control", SettingType.OneOf(("none", FlowControl.None), ("rts-cts", FlowControl.RtsCts)), "`\"none\"`",
            "How each side keeps the other from sending too much; `\"rts-cts\"` needs both wires.",
            (s, value) => s with { Port = s.Port with { FlowControl = value } }),
        Value("max_frame", SettingType.WholeNumber(12, 65_000), "`255`, for `lines` `1024`",
            "Longest message or line in octets, taken in as well as sent, without what a forwarder adds. A longer one is dropped and counted.",
            (s, value) => s with { MaxFrame = value }),
        Value("framing",
            SettingType.OneOf(("bare", SerialFraming.Bare), ("slip", SerialFraming.Slip), ("cobs", SerialFraming.Cobs)), "`\"bare\"`",
            "`mqttsn` only: how messages are told apart. `\"bare\"`: by their Length, as mqtt-sn-tools does. `\"slip\"`: RFC 1055. `\"cobs\"`: COBS with CRC-16, which alone notices damage.",
            (s, value) => s with { Framing = value }),
        Value("api_mode", ApiMode, "`1`",
            "`xbee` only: how the radio is set, AP. `2` escapes octets.",
            (s, value) => s with { ApiMode = value }),
        Value("format", SettingType.OneOf(("plain", LineFormat.Plain), ("json", LineFormat.Json)), "`\"plain\"`",
            "`lines` only: a line is the payload, or a JSON object such as `{\"topic\":\"t\",\"payload\":21.5}`, with `qos` and `retain` if it likes.",
            (s, value) => s with { Format = value }),
        Value("topic", Topic(gateway), "`\"serial/${name}\"`",
            "`lines` only: where messages are published. `${topic}` is what a JSON line names.",
            (s, value) => s with { Topic = value }),
        Value("qos", SettingType.WholeNumber(0, 2), "`1`",
            "`lines` only: QoS at which messages are published.",
            (s, value) => s with { Qos = (QualityOfService)value }),
        Value("retain", SettingType.Toggle, "`false`",
            "`lines` only: whether messages are retained.",
            (s, value) => s with { Retain = value }),
    ];

    private static SettingType<string> Topic(string gateway) => new(
        "a Topic Name, not below `$SYS`; `${topic}`, `${name}` and `${gateway}` are the only placeholders in it",
        (SettingNode node, [MaybeNullWhen(false)] out string value) =>
        {
            value = null;
            return SettingType.TryGetText(node, out var template)
                && Placeholders.TryResolve(template, gateway, out value, Placeholders.Topic, SerialSettings.NamePlace)
                && TopicName.TryParse(
                    value.Replace(SerialSettings.NamePlace, "x", StringComparison.Ordinal).Replace(Placeholders.Topic, "x", StringComparison.Ordinal), out var example)
                && !example.ToString().StartsWith("$SYS/", StringComparison.Ordinal);
        });

    private static ValueSetting<SerialSettings, T> Value<T>(
        string key, SettingType<T> type, string byDefault, string summary, Func<SerialSettings, T, SerialSettings> set) =>
        new(key, type, byDefault, summary, set);

    /// <summary>A key that the protocol does not know would do nothing, so that somebody would believe in vain that it works.</summary>
    private static void Check(SerialSettings settings, string key, ConfigurationReport report)
    {
        Refuse("framing", settings.Framing is not null, SerialProtocol.MqttSn);
        Refuse("api_mode", settings.ApiMode is not null, SerialProtocol.XBee);
        Refuse("format", settings.Format is not null, SerialProtocol.Lines);
        Refuse("topic", settings.Topic is not null, SerialProtocol.Lines);
        Refuse("qos", settings.Qos is not null, SerialProtocol.Lines);
        Refuse("retain", settings.Retain is not null, SerialProtocol.Lines);
        if (settings.Port.DataBits != 8 && settings.Protocol is SerialProtocol.MqttSn or SerialProtocol.XBee)
        {
            report.Add($"{key}.data_bits", $"is {settings.Port.DataBits}, and its protocol uses whole octets; it must be 8");
        }

        var isTemplate = settings.Topic?.Contains(Placeholders.Topic, StringComparison.Ordinal) == true;
        if (isTemplate && settings.Format != LineFormat.Json)
        {
            report.Add($"{key}.topic", $"is \"{settings.Topic}\", and plain lines name no topic; it must do without {Placeholders.Topic}, or format must be \"json\"");
        }

        void Refuse(string name, bool isGiven, SerialProtocol protocol)
        {
            if (isGiven && settings.Protocol != protocol && settings.Protocol != SerialProtocol.None)
            {
                report.Add($"{key}.{name}", $"is only for protocol = \"{protocol.ToString().ToLowerInvariant()}\"; it must be left out");
            }
        }
    }
}
