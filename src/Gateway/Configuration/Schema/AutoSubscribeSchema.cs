using Edge.LocalBroker;
using Edge.Messaging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[auto_subscribe]]</c>.</summary>
internal static class AutoSubscribeSchema
{
    /// <summary>The schema.</summary>
    public static SettingSchema<AutoSubscription> Schema { get; } = new(
        new AutoSubscription { Topic = TopicSettings.NoTopic },
        [
            new ValueSetting<AutoSubscription, TopicTemplate>(
                "topic",
                TopicSettings.Template("a Topic Filter, in which `${clientid}`, `${username}`, `${host}` and `${cert_common_name}` stand for the client", IsFilter),
                Setting<AutoSubscription>.Required,
                "What every client is subscribed to; also `$share/{group}/…` and `$queue/…`.",
                (auto, value) => auto with { Topic = value }),
            new ValueSetting<AutoSubscription, int>("qos", SettingType.WholeNumber(0, 2), "`0`",
                "Highest QoS of the subscription.",
                (auto, value) => auto with { MaximumQos = (QualityOfService)value }),
            new ValueSetting<AutoSubscription, bool>("no_local", SettingType.Toggle, "`false`",
                "Whether a client's own messages are kept from it.",
                (auto, value) => auto with { NoLocal = value }),
            new ValueSetting<AutoSubscription, bool>("retain_as_published", SettingType.Toggle, "`false`",
                "Whether messages keep the RETAIN flag they were published with.",
                (auto, value) => auto with { RetainAsPublished = value }),
            new ValueSetting<AutoSubscription, int>("retain_handling", SettingType.WholeNumber(0, 2), "`0`",
                "Retained messages: `0` sends them at every connection, `1` when the session had no such subscription, `2` never.",
                (auto, value) => auto with { RetainHandling = (RetainHandling)value }),
        ],
        Check);

    private static bool IsFilter(TopicTemplate template) =>
        TopicSettings.IsFilter(template) && TopicFilter.TryParse(template.Example, out var filter) && SubscriptionFilter.TryParse(filter, out _);

    private static void Check(AutoSubscription auto, string key, ConfigurationReport report)
    {
        if (auto.NoLocal && TopicFilter.TryParse(auto.Topic.Example, out var filter)
            && SubscriptionFilter.TryParse(filter, out var parsed) && parsed.Group is not null)
        {
            report.Add($"{key}.no_local", $"is true, which a shared subscription such as \"{auto.Topic}\" cannot have; it must be false or left out");
        }
    }
}
