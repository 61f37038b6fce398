using Edge.Protocols.MqttSn.Tests.Procedures;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn.Tests.Topics;

public sealed class KnownTopicsTests
{
    private readonly KnownTopics _known = Node.Known((9, "a"), (4, "a"), (5, "b"));

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

    [Theory]
    [InlineData("v7", "plant/v7/t", "mine", "plant/all"), InlineData("v8", "plant/v8/t", null, "plant/all"), InlineData("a/b", null, null, "plant/all")]
    public void A_client_has_names_with_its_ClientId_and_names_of_its_own(string clientId, string? first, string? second, string third)
    {
        var gateway = new KnownTopics(new MqttSnOptions
        {
            PredefinedTopics = Node.Predefined((1, "plant/${clientid}/t"), (3, "plant/all")),
            Clients = [new ClientTopics { ClientId = "v7", PredefinedTopics = Node.Predefined((2, "mine")) }],
        });

        var known = gateway.For(clientId);

        Assert.Equal([first, second, third], new ushort[] { 1, 2, 3 }.Select(id => known.TryGetPredefined(id, out var name) ? name.ToString() : null));
        Assert.Equal([null, null, third], new ushort[] { 1, 2, 3 }.Select(id => gateway.TryGetPredefined(id, out var name) ? name.ToString() : null));
    }

    [Fact]
    public void What_a_client_has_of_its_own_goes_before_what_all_have()
    {
        var gateway = new KnownTopics(new MqttSnOptions
        {
            PredefinedTopics = Node.Predefined((1, "all/1"), (2, "all/2")),
            Clients = [new ClientTopics { ClientId = "v7", PredefinedTopics = Node.Predefined((1, "mine")) }],
        });

        var known = gateway.For("v7");

        Assert.True(known.TryGetPredefined(1, out var name));
        Assert.Equal("mine", name.ToString());
        Assert.False(known.TryGetPredefinedId(Node.Name("all/1"), out _));
        Assert.Same(gateway, gateway.For("v8"));
    }

    [Theory, InlineData("$SYS"), InlineData("a+"), InlineData("#")]
    public void A_ClientId_makes_no_topic_that_is_not_its_own(string clientId)
    {
        var gateway = Node.Known((1, "${clientid}/t"));

        Assert.False(gateway.For(clientId).TryGetPredefined(1, out _));
    }
}
