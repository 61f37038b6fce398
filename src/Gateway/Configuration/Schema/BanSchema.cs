using System.Globalization;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[ban]]</c> in the list of bans. docs/access.md shows the same.</summary>
internal static class BanSchema
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"];

    private static readonly SettingType<DateTimeOffset> Instant = new(
        "a date, time and offset such as `2030-01-31T12:00:00Z`",
        (SettingNode node, out DateTimeOffset value) =>
        {
            value = default;
            return node is SettingScalar scalar
                && DateTimeOffset.TryParseExact(scalar.Value as string ?? scalar.Written, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
        });

    /// <summary>The schema.</summary>
    public static SettingSchema<Ban> Schema { get; } = new(
        new Ban(),
        [
            .. ClientRuleSchema.Settings<Ban>(),
            new ValueSetting<Ban, DateTimeOffset>("until", Instant, "for ever", "When it ends.", (ban, value) => ban with { Until = value }),
            new ValueSetting<Ban, string>("reason", SettingType.Text("a text", _ => true), "none", "Why, for those who read the file.", (ban, value) => ban with { Reason = value }),
        ],
        Check);

    private static void Check(Ban ban, string key, ConfigurationReport report)
    {
        if (!new[] { ClientRuleSchema.User, ClientRuleSchema.Client, ClientRuleSchema.Address }.Any(whom => report.IsGiven($"{key}.{whom}")))
        {
            report.Add(key, "must hold user, client or address; without one it would keep everybody out");
        }
    }
}
