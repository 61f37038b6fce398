using System.Diagnostics.CodeAnalysis;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker;
using Edge.Messaging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The kinds of value that rules about topics have in common.</summary>
internal static class TopicSettings
{
    /// <summary>Publishing, subscribing or both.</summary>
    public static SettingType<TopicActions> Actions { get; } =
        SettingType.OneOf(("publish", TopicActions.Publish), ("subscribe", TopicActions.Subscribe), ("all", TopicActions.All));

    /// <summary>Stands for a topic that could not be read.</summary>
    public static TopicTemplate NoTopic { get; } =
        TopicTemplate.TryParse("", out var nothing) ? nothing : throw new InvalidOperationException("An empty text is a template.");

    /// <summary>A topic with places in it; of what may stand there only <c>${…}</c> is looked at.</summary>
    public static SettingType<TopicTemplate> Template(string expected, Predicate<TopicTemplate> isRight) => new(
        expected,
        (SettingNode node, [MaybeNullWhen(false)] out TopicTemplate value) =>
        {
            value = null;
            return SettingType.TryGetText(node, out var text) && TopicTemplate.TryParse(text, out value) && isRight(value);
        });

    /// <summary>Whether it is a Topic Filter for every client.</summary>
    public static bool IsFilter(TopicTemplate template) => template.HighestGroup == 0 && TopicFilter.TryParse(template.Example, out _);
}
