using Edge.Messaging;
using Edge.Protocols.MqttSn.Tests.Procedures;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn.Tests.Topics;

public sealed class KnownTopicsTests
{
    private readonly KnownTopics _known = new(new Dictionary<ushort, TopicName> { [9] = Node.Name("a"), [4] = Node.Name("a"), [5] = Node.Name("b") });

    [Fact]
    public void A_predefined_id_has_a_name_and_a_name_its_lowest_id()
    {
        Assert.True(_known.TryGetPredefined(9, out var name));
        Assert.Equal("a", name.ToString());
        Assert.True(_known.TryGetPredefinedId(Node.Name("a"), out var id));
        Assert.Equal(4, id);
        Assert.False(_known.TryGetPredefined(6, out _));
        Assert.False(_known.TryGetPredefinedId(Node.Name("c"), out _));
    }

    [Theory]
    [InlineData(0x6162, "ab"), InlineData(0x2F61, "/a"), InlineData(0xC3A9, "é")]
    public void Two_octets_make_a_short_name(ushort characters, string expected)
    {
        Assert.True(_known.TryGetShortName(characters, out var name));
        Assert.True(_known.TryGetShortName(characters, out var again));
        Assert.Equal(expected, name.ToString());
        Assert.Same(name.ToString(), again.ToString());
    }

    [Theory]
    [InlineData(0x2B61), InlineData(0x6123), InlineData(0x6100), InlineData(0x61FF)]
    public void Wildcards_zeros_and_ill_formed_text_make_none(ushort characters) => Assert.False(_known.TryGetShortName(characters, out _));

    [Theory]
    [InlineData("ab", true, 0x6162), InlineData("a", false, 0), InlineData("abc", false, 0), InlineData("é", false, 0), InlineData("aé", false, 0)]
    public void Only_two_ascii_characters_are_sent_as_a_short_name(string name, bool isShort, ushort expected)
    {
        Assert.Equal(isShort, KnownTopics.TryGetCharacters(Node.Name(name), out var characters));
        Assert.Equal(expected, characters);
    }
}
