using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace Edge.Messaging.Tests;

/// <summary>Topic Filters and what they match (MQTT 5.0 §4.7).</summary>
public sealed class TopicFilterTests
{
    private static readonly Gen<string> Level = Gen.OneOf("a", "b", "", "$x", "ab");

    private static readonly Gen<string> AnyFilter = Gen.Select(Gen.OneOf(Level, Gen.Const("+")).Array[0, 3], Gen.Bool)
        .Select((levels, endsInHash) => string.Join('/', endsInHash ? [.. levels, "#"] : levels)).Where(text => text.Length > 0);

    private static readonly string[] SomeLevels = ["a", "b", "", "$x"];

    private static readonly string[] SomeTopics =
    [
        .. from first in SomeLevels
           from second in SomeLevels
           from third in SomeLevels
           from topic in new[] { first, $"{first}/{second}", $"{first}/{second}/{third}" }
           where topic.Length > 0
           select topic,
    ];

    [Theory]
    [InlineData("a")]
    [InlineData("#")]
    [InlineData("+")]
    [InlineData("+/+")]
    [InlineData("/+")]
    [InlineData("a/+/b/#")]
    [InlineData("$SYS/#")]
    [InlineData("$share/group/a/+")]
    public void A_filter_is_taken_as_it_is_from_text_and_from_octets(string text)
    {
        Assert.True(TopicFilter.TryParse(text, out var fromText));
        Assert.True(TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out var fromOctets));

        Assert.Equal(text, fromText.ToString());
        Assert.Equal(fromText, fromOctets);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a+")]
    [InlineData("+a/b")]
    [InlineData("a/b#")]
    [InlineData("#/a")]
    [InlineData("a/#/b")]
    [InlineData("##")]
    [InlineData("++")]
    [InlineData("a\0")]
    public void A_wildcard_that_does_not_fill_its_level_or_is_not_last_is_refused(string text)
    {
        Assert.False(TopicFilter.TryParse(text, out _));
        Assert.False(TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_text() => Assert.False(TopicFilter.TryParse("\uDF21/+", out _));

    [Theory]
    [InlineData(65_535, true)]
    [InlineData(65_536, false)]
    public void The_limit_is_65535_octets(int length, bool isFilter) => Assert.Equal(isFilter, TopicFilter.TryParse(new string('a', length), out _));

    // The examples of MQTT 5.0 §4.7.1 and §4.7.2, and what other brokers got wrong: empty levels under a "+".
    [Theory]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player2", false)]
    [InlineData("sport/tennis/player1/#", "sport/tennis", false)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/#", "sports", false)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("foo/+/baz", "foo//baz", true)]
    [InlineData("a/+/b", "a//b", true)]
    [InlineData("+/#", "a", true)]
    [InlineData("a/+/#", "a", false)]
    [InlineData("a/b", "A/b", false)]
    [InlineData("\u00E9", "\u00E9", true)]
    [InlineData("\u00E9", "e\u0301", false)] // the same letter of two characters: nothing is normalised
    [InlineData("\u212B", "\u00C5", false)]
    [InlineData("a", "\uFEFFa", false)]
    [InlineData("/", "/", true)]
    [InlineData("#", "/", true)]
    [InlineData("#", "$SYS/uptime", false)]
    [InlineData("+/uptime", "$SYS/uptime", false)]
    [InlineData("+", "$SYS", false)]
    [InlineData("$SYS/#", "$SYS/uptime", true)]
    [InlineData("$SYS/#", "$SYS", true)]
    [InlineData("$SYS/+", "$SYS/uptime", true)]
    [InlineData("a/+", "a/$SYS", true)]
    [InlineData("a/#", "a/$SYS", true)]
    public void Matches_as_section_4_7_says(string filter, string topic, bool expected) => Assert.Equal(expected, Filter(filter).Matches(Topic(topic)));

    [Fact]
    public void Matching_agrees_with_a_regular_expression() =>
        Gen.Select(
            Gen.OneOf(Level, Gen.Const("+")).List[1, 4],
            Gen.Bool,
            Level.List[1, 5])
        .Sample((filterLevels, endsInHash, topicLevels) =>
        {
            var filterText = string.Join('/', endsInHash ? filterLevels.Append("#") : filterLevels);
            var topicText = string.Join('/', topicLevels);
            if (!TopicFilter.TryParse(filterText, out var filter) || !TopicName.TryParse(topicText, out var topic))
            {
                return filterText.Length == 0 || topicText.Length == 0;
            }

            return filter.Matches(topic) == MatchesByExpression(filterText, topicText);
        });

    [Fact]
    public void Matching_allocates_nothing()
    {
        var (filter, topic) = (Filter("plant/+/line/#"), Topic("plant/1/line/2/temperature"));

        Assert.Equal(0, Allocations.PerCall(() => Assert.True(filter.Matches(topic))));
    }

    [Fact]
    public void Filters_overlap_when_a_topic_matches_both_and_cover_when_none_matches_the_other_alone() =>
        Gen.Select(AnyFilter, AnyFilter).Sample(
            (one, other) =>
            {
                var both = SomeTopics.Any(topic => MatchesByExpression(one, topic) && MatchesByExpression(other, topic));
                var all = SomeTopics.All(topic => !MatchesByExpression(other, topic) || MatchesByExpression(one, topic));

                // What is seen on the topics there are holds in general one way only.
                return (!both || Filter(one).Overlaps(Filter(other))) && (!Filter(one).Covers(Filter(other)) || all);
            },
            iter: 2_000);

    [Theory]
    [InlineData("a/#", "a", true, true)]
    [InlineData("a", "a/#", true, false)]
    [InlineData("+", "a", true, true)]
    [InlineData("+/#", "#", true, false)]
    [InlineData("#", "$SYS/#", false, false)]
    [InlineData("$SYS/#", "#", false, false)]
    [InlineData("+/b", "a/+", true, false)]
    [InlineData("a/+/c", "a/b", false, false)]
    [InlineData("a/b", "a/+/c", false, false)]
    [InlineData("a/+/#", "a/b", true, true)]
    [InlineData("a/+", "a/+/#", true, false)]
    [InlineData("a/b/c", "a/b/c", true, true)]
    public void Filters_lie_to_each_other_as_they_should(string one, string other, bool overlap, bool covers)
    {
        Assert.Equal(overlap, Filter(one).Overlaps(Filter(other)));
        Assert.Equal(overlap, Filter(other).Overlaps(Filter(one)));
        Assert.Equal(covers, Filter(one).Covers(Filter(other)));
    }

    [Theory]
    [InlineData("a/b", false)]
    [InlineData("a/+", true)]
    [InlineData("#", true)]
    public void Knows_whether_it_holds_a_wildcard(string text, bool expected) => Assert.Equal(expected, Filter(text).HasWildcard);

    [Fact]
    public void The_default_value_matches_nothing() => Assert.False(default(TopicFilter).Matches(Topic("/")));

    private static bool MatchesByExpression(string filter, string topic)
    {
        if (topic[0] == '$' && filter[0] is '+' or '#')
        {
            return false;
        }

        var pattern = Regex.Escape(filter).Replace(@"\+", "[^/]*", StringComparison.Ordinal);
        pattern = pattern == @"\#" ? ".*"
            : pattern.EndsWith(@"/\#", StringComparison.Ordinal) ? pattern[..^3] + "(/.*)?"
            : pattern;
        return Regex.IsMatch(topic, $"^{pattern}$", RegexOptions.Singleline);
    }

    private static TopicFilter Filter(string text) => TopicFilter.TryParse(text, out var filter) ? filter : throw new ArgumentException(text);

    private static TopicName Topic(string text) => TopicName.TryParse(text, out var topic) ? topic : throw new ArgumentException(text);
}
