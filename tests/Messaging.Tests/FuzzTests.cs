using System.Text;
using Edge.Messaging.Wire;

namespace Edge.Messaging.Tests;

/// <summary>Topic Names and Topic Filters of any octets; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests
{
    private static readonly byte[][] Good = [.. new[]
    {
        "a", "/", "sport/tennis/player1", "sport/+/player1", "sport/#", "+/+/#", "#", "$SYS/broker/uptime", "$share/group/a/+/#", "$queue/a", "$exclusive/a/b",
        "$delayed/10/a", "é/漢/\U0001F600", "\uFEFFa", new string('a', 300), string.Concat(Enumerable.Repeat("a/", 200)),
    }.Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void Topic_names_and_filters() => Fuzzing.Run(
        Good,
        (octets, random) =>
        {
            var isText = Utf8Text.TryDecode(octets, out var text);
            Assert.Equal(isText, Utf8Text.TryDecode([.. octets], out _));
            var isName = TopicName.TryParse(octets, out var name);
            Assert.Equal(isText && TopicName.TryParse(text, out _), isName);
            Assert.False(isName && text!.AsSpan().IndexOfAny('+', '#', '\0') >= 0);

            var isFilter = TopicFilter.TryParse(octets, out var filter);
            Assert.Equal(isText && TopicFilter.TryParse(text, out _), isFilter);
            Assert.True(isFilter || !isName); // Every name is a filter of itself.
            if (isFilter && SubscriptionFilter.TryParse(filter, out var target))
            {
                Assert.True(TopicName.TryParse(Encoding.UTF8.GetBytes("sport/tennis/player1"), out var player));
                var other = isName ? name : player;
                Assert.Equal(Matches(target.Filter.ToString(), other.ToString()), target.Filter.Matches(other));
            }
        },
        largest: 70_000);

    /// <summary>MQTT 5.0 §4.7, level by level.</summary>
    private static bool Matches(string filter, string name)
    {
        var (levels, names) = (filter.Split('/'), name.Split('/'));
        if (name[0] == '$' && levels[0] is ("+" or "#"))
        {
            return false;
        }

        var hasRest = levels[^1] == "#";
        var fixedLevels = hasRest ? levels[..^1] : levels;
        return (hasRest ? names.Length >= fixedLevels.Length : names.Length == fixedLevels.Length)
            && fixedLevels.Zip(names).All(pair => pair.First == "+" || pair.First == pair.Second);
    }
}
