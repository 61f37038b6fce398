namespace Edge.Messaging.Tests;

public sealed class SubscriptionFilterTests
{
    [Theory]
    [InlineData("a/+", "a/+", null, false)]
    [InlineData("$SYS/#", "$SYS/#", null, false)]
    [InlineData("$share", "$share", null, false)]
    [InlineData("$queues/a", "$queues/a", null, false)]
    [InlineData("$share/g/a/#", "a/#", "g", false)]
    [InlineData("$share/g//a", "/a", "g", false)]
    [InlineData("$share/g/$SYS/#", "$SYS/#", "g", false)]
    [InlineData("$queue/a/b", "a/b", "$queue", false)]
    [InlineData("$exclusive/a/b", "a/b", null, true)]
    public void What_stands_before_the_filter_is_taken_off(string asked, string filter, string? group, bool isExclusive)
    {
        Assert.True(TopicFilter.TryParse(asked, out var whole));

        Assert.True(SubscriptionFilter.TryParse(whole, out var parsed));

        Assert.Equal((filter, group, isExclusive), (parsed.Filter.ToString(), parsed.Group, parsed.IsExclusive));
        Assert.Equal(whole, parsed.With(parsed.Filter));
    }

    [Theory]
    [InlineData("$share/g"), InlineData("$share/g/"), InlineData("$share//a"), InlineData("$share/+/a"), InlineData("$share/#")]
    [InlineData("$queue/"), InlineData("$exclusive/")]
    [InlineData("$share/g/$share/h/a"), InlineData("$share/g/$queue/a"), InlineData("$queue/$share/g/a"), InlineData("$exclusive/$queue/a")]
    public void A_prefix_without_a_group_or_without_one_filter_is_refused(string asked)
    {
        Assert.True(TopicFilter.TryParse(asked, out var whole));

        Assert.False(SubscriptionFilter.TryParse(whole, out _));
    }

    [Fact]
    public void Another_filter_takes_the_place_of_the_old_one()
    {
        Assert.True(TopicFilter.TryParse("$share/g/a", out var whole));
        Assert.True(SubscriptionFilter.TryParse(whole, out var parsed));
        Assert.True(TopicFilter.TryParse("b/+", out var other));

        Assert.Equal("$share/g/b/+", parsed.With(other).ToString());
    }
}
