using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Access.Tokens;

/// <summary>What a token says of what its client may do, in the two forms of EMQX.</summary>
public sealed class TokenAclTests
{
    private const string Allowed = """{"pub":["p/${clientid}/#"],"sub":["s/${username}/+","eq w/#"],"all":["a"]}""";

    private const string Rules = """
        [{"permission":"deny","action":"all","topic":"x/secret"},
         {"permission":"allow","action":"publish","topics":["x/%c/#","x/%u"],"qos":"0, 1","retain":false},
         {"permission":"allow","action":"sub","topic":"x/#","qos":[0,"1"],"retain":"all"},
         {"permission":"deny","action":"subscribe","topic":"eq y/#"},
         {"permission":"deny","action":"pub","topic":"y","qos":2}]
        """;

    [Theory]
    [InlineData("p/c/x", true), InlineData("p/d/x", false), InlineData("a", true), InlineData("s/u/x", false), InlineData("w/x", false), InlineData("other", false), InlineData("$SYS/x", false)]
    public void The_object_allows_publishing_what_it_names_and_nothing_else(string topic, bool isAllowed) =>
        Assert.Equal(isAllowed, Rights(Allowed).Publish(Topic(topic), Qos2, retain: true).IsAllowed);

    [Theory]
    [InlineData("s/u/x", "free"), InlineData("s/u/+", "free"), InlineData("s/#", "partly"), InlineData("s/v/x", "denied"), InlineData("a", "free"), InlineData("#", "partly"), InlineData("p/c/x", "denied")]
    [InlineData("w/#", "free"), InlineData("w/+", "denied"), InlineData("w/x", "denied"), InlineData("+/#", "partly")]
    public void And_of_subscriptions_likewise(string filter, string expected)
    {
        var rights = Rights(Allowed).Subscribe(Filter(filter), Qos1);

        Assert.Equal(expected, rights.IsFree ? "free" : rights.IsDenied ? "denied" : "partly");
        Assert.False(expected == "partly" && rights.Allows(Topic("w/x")));
    }

    [Theory]
    [InlineData("x/secret", 0, false, "the token's rule 1 denies")]
    [InlineData("x/c/t", 1, false, "the token's rule 2 allows")]
    [InlineData("x/u", 0, false, "the token's rule 2 allows")]
    [InlineData("x/u", 2, false, "the list denies")] // of another QoS
    [InlineData("x/u", 0, true, "the list denies")] // retained
    [InlineData("y", 2, false, "the token's rule 5 denies")]
    [InlineData("y", 1, false, "the list allows")]
    public void The_first_rule_that_fits_decides_and_then_the_access_list(string topic, int qos, bool retain, string expected)
    {
        var verdict = Rights(Rules).Publish(Topic(topic), (QualityOfService)qos, retain);

        Assert.Equal(expected, $"{verdict.Rule?.Origin ?? "none"} {(verdict.IsAllowed ? "allows" : "denies")}");
    }

    [Theory]
    [InlineData("x/#", 1, "partly"), InlineData("x/secret", 1, "denied"), InlineData("x/+/t", 1, "free"), InlineData("x/+/t", 2, "denied"), InlineData("y/#", 0, "denied"), InlineData("y/x", 0, "free"), InlineData("y/+/#", 0, "free")]
    public void A_wide_subscription_is_judged_by_what_overlaps_it(string filter, int qos, string expected)
    {
        var rights = Rights(Rules).Subscribe(Filter(filter), (QualityOfService)qos);

        Assert.Equal(expected, rights.IsFree ? "free" : rights.IsDenied ? "denied" : "partly");
        Assert.False(filter == "x/#" && rights.Allows(Topic("x/secret")));
    }

    [Fact]
    public void A_filter_meant_to_the_letter_decides_for_the_whole_of_a_subscription_that_is_written_so()
    {
        var rights = Rights("""[{"permission":"deny","action":"sub","topic":"a/b"},{"permission":"allow","action":"sub","topic":"eq a/#"},{"permission":"deny","action":"all","topic":"#"}]""");

        Assert.True(rights.Subscribe(Filter("a/#"), Qos0) is { IsFree: false, IsDenied: false, HasOthers: false });
        Assert.True(rights.Subscribe(Filter("a/#"), Qos0).Allows(Topic("a/c")));
        Assert.False(rights.Subscribe(Filter("a/#"), Qos0).Allows(Topic("a/b")));
        Assert.True(rights.Subscribe(Filter("a/+"), Qos0).IsDenied);
        Assert.True(Rights("""{"all":["eq a/${clientid}"]}""").Publish(Topic("a/${clientid}"), Qos0, false).IsAllowed);
    }

    [Theory]
    [InlineData("{}", true), InlineData("[]", false)]
    public void An_object_that_names_nothing_allows_nothing_and_an_empty_array_leaves_it_to_the_list(string claim, bool deniesAll)
    {
        var rights = new AccessRules([], allowsOthers: true).For(Client(claim));

        Assert.Equal(!deniesAll, rights.Publish(Topic("t"), Qos0, false).IsAllowed);
        Assert.Equal(deniesAll, rights.Subscribe(Filter("#"), Qos0).IsDenied);
    }

    [Theory]
    [InlineData("null", "is neither"), InlineData("7", "is neither"), InlineData("\"all\"", "is neither"), InlineData("", "is neither"), InlineData("{\"pub\":[],\"pub\":[]}", "is neither")]
    [InlineData("{\"pub\":\"a\"}", "holds in pub something else than an array of Topic Filters"), InlineData("{\"sub\":[\"a/#/b\"]}", "holds in sub something else")]
    [InlineData("{\"sub\":[\"\"]}", "holds in sub something else"), InlineData("{\"all\":[7]}", "holds in all something else"), InlineData("{\"all\":[\"${gateway}\"]}", "holds in all something else")]
    [InlineData("{\"all\":[\"eq \"]}", "holds in all something else"), InlineData("{\"all\":[\"a/$1\"]}", "holds in all something else")]
    [InlineData("{\"publish\":[\"a\"]}", "holds something else than pub, sub and all"), InlineData("{\"deny\":[\"a\"]}", "holds something else than pub, sub and all")]
    [InlineData("[7]", "holds in rule 1 no permission, no action or no topic"), InlineData("[{}]", "holds in rule 1 no permission, no action or no topic")]
    [InlineData("[{\"permission\":\"allow\",\"action\":\"pub\"}]", "holds in rule 1 no permission, no action or no topic")]
    [InlineData("[{\"permission\":\"allow\",\"topic\":\"a\"}]", "holds in rule 1 no permission, no action or no topic")]
    [InlineData("[{\"action\":\"pub\",\"topic\":\"a\"}]", "holds in rule 1 no permission, no action or no topic")]
    [InlineData("[{\"permission\":\"Allow\",\"action\":\"pub\",\"topic\":\"a\"}]", "holds in rule 1 a member that is not understood: permission")]
    [InlineData("[{\"permission\":\"allow\",\"action\":\"read\",\"topic\":\"a\"}]", "holds in rule 1 a member that is not understood: action")]
    [InlineData("[{\"permission\":\"allow\",\"action\":\"pub\",\"topics\":[]}]", "holds in rule 1 a member that is not understood: topics")]
    [InlineData("[{\"permission\":\"allow\",\"action\":\"pub\",\"topic\":\"a\",\"qos\":3}]", "holds in rule 1 a member that is not understood: qos")]
    [InlineData("[{\"permission\":\"allow\",\"action\":\"pub\",\"topic\":\"a\",\"qos\":[]}]", "holds in rule 1 a member that is not understood: qos")]
    [InlineData("[{\"permission\":\"allow\",\"action\":\"pub\",\"topic\":\"a\",\"qos\":\"0;1\"}]", "holds in rule 1 a member that is not understood: qos")]
    [InlineData("[{\"permission\":\"allow\",\"action\":\"pub\",\"topic\":\"a\",\"retain\":\"maybe\"}]", "holds in rule 1 a member that is not understood: retain")]
    [InlineData("[{\"permission\":\"allow\",\"action\":\"pub\",\"topic\":\"a\",\"ipaddr\":\"192.0.2.1\"}]", "holds in rule 1 a member that is not understood: one of another name")]
    public void What_is_not_understood_is_not_taken_and_stored_it_denies_everything(string claim, string expected)
    {
        Assert.False(TokenAcl.TryParse(claim, out _, out var fault));
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);

        var rights = new AccessRules([new AccessRule { Allow = true }], allowsOthers: true).For(Client(claim));
        Assert.False(rights.Publish(Topic("a"), Qos0, false).IsAllowed);
        Assert.True(rights.Subscribe(Filter("a"), Qos0).IsDenied);
    }

    private static ClientRights Rights(string claim) => new AccessRules(
        [
            new AccessRule { Allow = false, Actions = TopicActions.All, Topics = [Template("x/#")], Origin = "the list" },
            new AccessRule { Allow = true, Actions = TopicActions.All, Topics = [Template("y/#")], Origin = "the list" },
            new AccessRule { Allow = true, Actions = TopicActions.All, Origin = "the list" },
        ],
        allowsOthers: false).For(Client(claim));

    private static ClientIdentity Client(string claim) => new("c", "u", null, Token: new TokenGrant(claim));
}
