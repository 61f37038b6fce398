using System.Text;

namespace Edge.Messaging.Tests;

/// <summary>Topic Names (MQTT 5.0 §4.7).</summary>
public sealed class TopicNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData("a//b")]
    [InlineData("plant/1/temperature")]
    [InlineData("$SYS/broker/version")]
    [InlineData("with space/größe/温度/🌡")]
    public void A_topic_is_taken_as_it_is_from_text_and_from_octets(string text)
    {
        Assert.True(TopicName.TryParse(text, out var fromText));
        Assert.True(TopicName.TryParse(Encoding.UTF8.GetBytes(text), out var fromOctets));

        Assert.Equal(text, fromText.ToString());
        Assert.Equal(fromText, fromOctets);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("a/#")]
    [InlineData("a+b")]
    [InlineData("a\0b")]
    public void Nothing_and_wildcards_and_U_0000_are_refused(string text)
    {
        Assert.False(TopicName.TryParse(text, out var fromText));
        Assert.False(TopicName.TryParse(Encoding.UTF8.GetBytes(text), out var fromOctets));
        Assert.Equal((default, default), (fromText, fromOctets));
    }

    [Fact]
    public void No_text_is_no_topic() => Assert.False(TopicName.TryParse((string?)null, out _));

    [Theory]
    [InlineData("61 FF")]
    [InlineData("C0 80")]
    [InlineData("ED A0 80")]
    [InlineData("E2 82")]
    public void Octets_that_are_no_UTF_8_are_refused(string hex) =>
        Assert.False(TopicName.TryParse(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _));

    [Fact]
    public void A_byte_order_mark_is_a_character_like_any()
    {
        Assert.True(TopicName.TryParse([0xEF, 0xBB, 0xBF, (byte)'a'], out var marked));
        Assert.True(TopicName.TryParse("a", out var plain));

        Assert.Equal("\uFEFFa", marked.ToString());
        Assert.NotEqual(plain, marked);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_text() => Assert.False(TopicName.TryParse("a\uD83C", out _));

    [Theory]
    [InlineData('a', 65_535, true)]
    [InlineData('a', 65_536, false)]
    [InlineData('€', 21_845, true)]
    [InlineData('€', 21_846, false)]
    public void The_limit_is_65535_octets_not_characters(char character, int count, bool isTopic)
    {
        var text = new string(character, count);

        Assert.Equal(isTopic, TopicName.TryParse(text, out _));
        Assert.Equal(isTopic, TopicName.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }

    [Theory]
    [InlineData("$SYS/uptime", true)]
    [InlineData("$", true)]
    [InlineData("a/$SYS", false)]
    public void A_topic_that_begins_with_a_dollar_is_reserved(string text, bool isReserved)
    {
        Assert.True(TopicName.TryParse(text, out var topic));
        Assert.Equal(isReserved, topic.IsReserved);
    }

    [Fact]
    public void The_default_value_names_no_topic() => Assert.Equal(("", false), (default(TopicName).ToString(), default(TopicName).IsReserved));
}
