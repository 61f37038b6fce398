using Edge.Bridge.Tests.Support;
using Edge.Messaging;

namespace Edge.Bridge.Tests;

public sealed class TopicMappingTests
{
    [Theory]
    [InlineData("${topic}", "s/1")]
    [InlineData("sites/x/${topic}", "sites/x/s/1")]
    [InlineData("${topic}/up", "s/1/up")]
    [InlineData("constant", "constant")]
    public void The_template_gives_the_topic(string template, string expected)
    {
        Assert.Equal(expected, Map(new TopicMapping([Rule("s/#", template)]), "s/1"));
    }

    [Fact]
    public void The_first_rule_that_matches_decides()
    {
        var mapping = new TopicMapping([Rule("s/1", "first"), Rule("s/#", "second"), Rule("#", "third")]);

        Assert.Equal(["first", "second", "third"], [Map(mapping, "s/1"), Map(mapping, "s/2"), Map(mapping, "t")]);
    }

    [Fact]
    public void The_rule_by_which_upstream_sent_it_decides_if_it_matches()
    {
        var mapping = new TopicMapping([Rule("#", "first"), Rule("s/#", "second")]);

        Assert.Equal("second", Map(mapping, "s/1", identifier: 2));
        Assert.Equal("first", Map(mapping, "t/1", identifier: 2));
        Assert.Equal("first", Map(mapping, "s/1", identifier: 3));
    }

    [Fact]
    public void A_shared_subscription_is_matched_by_the_filter_it_shares()
    {
        Assert.Equal("x/s/1", Map(new TopicMapping([Rule("$share/group/s/#", "x/${topic}")]), "s/1"));
    }

    [Fact]
    public void Without_a_rule_it_does_not_pass()
    {
        Assert.Equal(DropCause.NoSubscriber, new TopicMapping([Rule("s/#", "x")]).Map(Topic("t"), 0, out _));
    }

    [Fact]
    public void A_topic_that_becomes_too_long_does_not_pass()
    {
        var mapping = new TopicMapping([Rule("#", "x/${topic}")]);

        Assert.Equal(DropCause.Oversize, mapping.Map(Topic(new string('t', 65_534)), 0, out _));
    }

    [Fact]
    public void More_topics_than_are_remembered_are_mapped_all_the_same()
    {
        var mapping = new TopicMapping([Rule("#", "x/${topic}")]);

        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal($"x/{i}", Map(mapping, $"{i}"));
        }
    }

    private static BridgeRule Rule(string filter, string template) => BridgeBench.Rule(filter, QualityOfService.AtLeastOnce, template);

    private static TopicName Topic(string text)
    {
        Assert.True(TopicName.TryParse(text, out var topic));
        return topic;
    }

    private static string Map(TopicMapping mapping, string topic, uint identifier = 0)
    {
        Assert.Null(mapping.Map(Topic(topic), identifier, out var mapped));
        return mapped.ToString();
    }
}
