using System.Diagnostics.CodeAnalysis;
using System.Net;
using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[listeners.mqtts.certificates]]</c>.</summary>
internal static class NamedCertificateSchema
{
    /// <summary>The schema.</summary>
    public static SettingSchema<NamedCertificate> Schema { get; } = new(
        new NamedCertificate([]),
        [
            new ValueSetting<NamedCertificate, IReadOnlyList<string>>(
                "server_name",
                ClientRuleSchema.OneOrMore<string>("a host name such as `\"a.example.org\"` or `\"*.example.org\"`, or an array of them", TryReadServerName),
                Setting<NamedCertificate>.Required,
                "Which clients it is for: those that ask for this name (SNI). `*` stands for one label; a name written out goes before it.",
                (certificate, value) => certificate with { ServerNames = value }),
            new ValueSetting<NamedCertificate, string>("certificate", SettingType.ReadableFile, Setting<NamedCertificate>.Required,
                "PEM file with the certificate, then the intermediate ones. Read again when it changes.",
                (certificate, value) => certificate with { Certificate = value }),
            new ValueSetting<NamedCertificate, string>("key", SettingType.ReadableFile, Setting<NamedCertificate>.Required,
                "PEM file with its private key, not encrypted; may be the same file. Read again when it changes.",
                (certificate, value) => certificate with { Key = value }),
        ]);

    /// <summary>Whether it can stand in a ClientHello: labels of letters, digits and hyphens, with <c>xn--</c> for others, and no address.</summary>
    private static bool TryReadServerName(SettingNode node, [MaybeNullWhen(false)] out string name)
    {
        name = SettingType.TryGetText(node, out var text) ? text.ToLowerInvariant() : null;
        return name is { Length: <= 253 }
            && !IPAddress.TryParse(name, out _)
            && (name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name).Split('.').All(IsLabel);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && !label.StartsWith('-') && !label.EndsWith('-') && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
