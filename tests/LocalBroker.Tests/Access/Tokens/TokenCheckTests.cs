using System.Buffers.Text;
using System.Text;
using CsCheck;
using Edge.LocalBroker.Access.Tokens;
using Microsoft.Extensions.Time.Testing;

namespace Edge.LocalBroker.Tests.Access.Tokens;

/// <summary>Which tokens are taken (RFC 7515, RFC 7519, RFC 8725).</summary>
public sealed class TokenCheckTests
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=./+ \n";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Fact]
    public void The_examples_of_RFC_7515_are_taken_until_they_expire_and_by_no_other_key()
    {
        var clock = new FakeTimeProvider(ForeignTokens.TimeOfRfc7515);
        var check = new TokenCheck(new TokenOptions { UserClaim = "iss" }, clock);
        foreach (var (algorithm, key, token) in ForeignTokens.OfRfc7515)
        {
            var keys = ForeignTokens.Keys($$"""{"keys":[{{key}}]}""");
            Assert.Equal(algorithm, Assert.Single(keys.All).ToString());

            var verdict = check.Judge(keys, Octets(token), "c", null);
            Assert.Equal((TokenOutcome.Accepted, "joe", ForeignTokens.TimeOfRfc7515.AddSeconds(1)), (verdict.Outcome, verdict.UserName, verdict.Grant?.EndsAt));
            Assert.All(
                ForeignTokens.OfRfc7515.Where(other => other.Algorithm != algorithm),
                other => Assert.Equal(TokenOutcome.NotMine, check.Judge(keys, Octets(other.Token), "c", null).Outcome));
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.All(ForeignTokens.OfRfc7515, example => Assert.Equal(
            new TokenVerdict(TokenOutcome.Refused, "joe", Why: "it has expired (claim exp)"),
            check.Judge(ForeignTokens.Keys($$"""{"keys":[{{example.Key}}]}"""), Octets(example.Token), "c", null)));
    }

    [Theory]
    [InlineData("HS256", "secret"), InlineData("RS256", "rsaPublic"), InlineData("RS256", "rsaPkcs1"), InlineData("ES256", "ecPublic")]
    [InlineData("HS256", "jwks"), InlineData("RS256", "jwks"), InlineData("ES256", "jwks")]
    public void Tokens_of_Node_are_taken_with_the_key_in_each_of_its_forms(string algorithm, string key)
    {
        var verdict = Check().Judge(ForeignTokens.Keys(ForeignTokens.OfNode(key)), Octets(ForeignTokens.OfNode(algorithm)), "c", null);

        Assert.Equal((TokenOutcome.Accepted, "press-7", DateTimeOffset.FromUnixTimeSeconds(4_102_444_800)), (verdict.Outcome, verdict.UserName, verdict.Grant?.EndsAt));
    }

    [Theory]
    [InlineData("confusedPem", "rsaPublic"), InlineData("confusedPem", "jwks")] // the public key as a secret
    [InlineData("PS256", "rsaPublic"), InlineData("RS512", "rsaPublic"), InlineData("RS512", "jwks")]
    [InlineData("HS512", "secret"), InlineData("HS256", "rsaPublic"), InlineData("RS256", "secret"), InlineData("RS256", "ecPublic"), InlineData("ES256", "rsaPublic")]
    public void The_key_decides_the_algorithm_and_never_the_token(string token, string key) =>
        Assert.Equal(TokenOutcome.NotMine, Check().Judge(ForeignTokens.Keys(ForeignTokens.OfNode(key)), Octets(ForeignTokens.OfNode(token)), "c", null).Outcome);

    [Theory]
    [InlineData("none"), InlineData("None"), InlineData("NONE"), InlineData("hs256"), InlineData("")]
    public void An_algorithm_that_is_none_is_none(string algorithm)
    {
        var token = Encoding.ASCII.GetString(TestToken.Of("\"sub\":\"a\"", $$"""{"alg":"{{algorithm}}"}"""));

        Assert.Equal(TokenOutcome.NotMine, Judge(Octets(token)).Outcome);
        Assert.Equal(TokenOutcome.NotMine, Judge(Octets(token[..(token.LastIndexOf('.') + 1)])).Outcome);
    }

    [Fact]
    public void No_octet_of_a_token_can_be_another()
    {
        foreach (var (algorithm, key) in new[] { ("HS256", "secret"), ("RS256", "rsaPublic"), ("ES256", "ecPublic") })
        {
            var (keys, check) = (ForeignTokens.Keys(ForeignTokens.OfNode(key)), Check());
            var token = Octets(ForeignTokens.OfNode(algorithm));
            for (var at = 0; at < token.Length; at++)
            {
                foreach (var letter in at > token.Length - 4 ? Letters : Letters[(at % 8)..(at % 8 + 3)]) // all of them where bits may mean nothing
                {
                    var changed = token.ToArray();
                    changed[at] = (byte)letter;
                    Assert.Equal(token.AsSpan().SequenceEqual(changed), check.Judge(keys, changed, "c", null).Outcome == TokenOutcome.Accepted);
                }
            }
        }
    }

    [Fact]
    public void Whatever_is_done_to_a_token_it_is_not_taken() =>
        Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Sample(
            (at, octet, change) =>
            {
                var token = TestToken.Of("\"sub\":\"alice\",\"exp\":1900000000");
                at %= token.Length;
                byte[] changed = change switch
                {
                    0 => [.. token[..at], octet, .. token[(at + 1)..]],
                    1 => [.. token[..at], octet, .. token[at..]],
                    2 => [.. token[..at], .. token[(at + 1)..]],
                    _ => token[..at],
                };
                Assert.Equal(token.AsSpan().SequenceEqual(changed), Judge(changed).Outcome == TokenOutcome.Accepted);
            },
            iter: 20_000);

    [Theory]
    [InlineData(""), InlineData("."), InlineData(".."), InlineData("a.b"), InlineData("a.b.c.d"), InlineData("secret")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9..x"), InlineData("e30.e30.AAAA"), InlineData("W10.e30.AAAA")] // {} and [] are no header
    public void What_is_no_token_is_somebody_elses(string text) => Assert.Equal(TokenOutcome.NotMine, Judge(Octets(text)).Outcome);

    [Theory]
    [InlineData("""{"alg":"HS256","crit":["exp"],"exp":1}""", "its header holds crit, of which nothing is understood")]
    [InlineData("""{"alg":"HS256","crit":[]}""", "its header holds crit, of which nothing is understood")]
    public void What_must_be_understood_and_is_not_is_refused(string header, string why) =>
        Assert.Equal(new TokenVerdict(TokenOutcome.Refused, Why: why), Judge(TestToken.Of("\"sub\":\"alice\"", header)));

    [Theory]
    [InlineData("""{"alg":"HS256","alg":"HS256"}"""), InlineData("""{"alg":"HS256","kid":1}"""), InlineData("""{"alg":["HS256"]}"""), InlineData("""{"alg":"HS256"} x""")]
    public void A_header_that_can_be_read_in_two_ways_is_none(string header) =>
        Assert.Equal(TokenOutcome.NotMine, Judge(TestToken.Of("\"sub\":\"alice\"", header)).Outcome);

    [Theory]
    [InlineData("[]"), InlineData("\"alice\""), InlineData("{\"sub\":\"alice\",\"sub\":\"bob\"}"), InlineData("{\"sub\":\"alice\",\"\\u0073ub\":\"bob\"}")]
    [InlineData("{\"sub\":\"alice\"}{}"), InlineData("{\"sub\":\"\\ud800\"}"), InlineData("{\"sub\":\"alice\",}")]
    public void Claims_that_can_be_read_in_two_ways_or_in_none_are_refused(string claims) =>
        Assert.Equal(new TokenVerdict(TokenOutcome.Refused, Why: "its claims are no JSON object"), Judge(TestToken.OfText(claims)));

    [Fact]
    public void Claims_nested_beyond_reason_are_refused() => Assert.Equal(
        [true, false],
        ((int[])[50, 10_000]).Select(depth => Judge(TestToken.Of($"\"sub\":\"a\",\"b\":{new string('[', depth)}{new string(']', depth)}")).Outcome == TokenOutcome.Accepted));

    [Fact]
    public void Claims_that_are_no_UTF_8_are_refused() =>
        Assert.Equal(
            TokenOutcome.Refused,
            Judge(TestToken.Signed("eyJhbGciOiJIUzI1NiJ9", [.. "{\"sub\":\"a"u8, 0xFF, .. "\"}"u8])).Outcome);

    [Theory]
    [InlineData("\"sub\":\"\""), InlineData("\"sub\":7"), InlineData("\"sub\":null"), InlineData("\"name\":\"alice\""), InlineData("\"sub\":\"a\\u0000\""), InlineData("\"SUB\":\"alice\"")]
    public void A_token_that_names_no_user_is_refused(string claims) =>
        Assert.Equal(new TokenVerdict(TokenOutcome.Refused, Why: "claim sub does not name a user"), Judge(TestToken.Of(claims)));

    [Theory]
    [InlineData("1800000001", true), InlineData("1800000000.5", true), InlineData("1.8000000005e9", true), InlineData("\"1800000001\"", true), InlineData("\"1800000000.5\"", true)]
    [InlineData("1800000000", false), InlineData("\"1800000000\"", false), InlineData("0", false), InlineData("1", false)]
    [InlineData("-1", null), InlineData("1e400", null), InlineData("1800000001000", null), InlineData("\"\"", null), InlineData("\"soon\"", null), InlineData("\"NaN\"", null)]
    [InlineData("\"Infinity\"", null), InlineData("\" 1800000001\"", null), InlineData("\"1e10\"", null), InlineData("true", null), InlineData("null", null), InlineData("[1800000001]", null), InlineData("{}", null)]
    public void A_token_holds_until_it_expires(string expiry, bool? holds) =>
        Assert.Equal(
            holds switch { true => "", false => "it has expired (claim exp)", _ => "claim exp is no time" },
            Judge(TestToken.Of($"\"sub\":\"alice\",\"exp\":{expiry}")).Why);

    [Theory]
    [InlineData("1800000000", ""), InlineData("\"1800000000\"", ""), InlineData("1800000001", "it does not hold yet (claim nbf)"), InlineData("\"x\"", "claim nbf is no time")]
    [InlineData("null", "claim nbf is no time")]
    public void And_not_before_it_begins(string begin, string why) => Assert.Equal(why, Judge(TestToken.Of($"\"sub\":\"alice\",\"nbf\":{begin}")).Why);

    [Theory]
    [InlineData("\"exp\":1799999991", ""), InlineData("\"exp\":1799999990", "it has expired (claim exp)")]
    [InlineData("\"nbf\":1800000010", ""), InlineData("\"nbf\":1800000011", "it does not hold yet (claim nbf)")]
    public void Clocks_may_differ_by_the_leeway(string claim, string why)
    {
        var verdict = Check(new TokenOptions { Leeway = TimeSpan.FromSeconds(10) }).Judge(TestToken.Keys, TestToken.Of($"\"sub\":\"alice\",{claim}"), "c", null);

        Assert.Equal(why, verdict.Why);
        Assert.True(verdict.Grant?.EndsAt is not { } end || end == Now.AddSeconds(1));
    }

    [Fact]
    public void A_client_is_to_be_let_go_as_its_token_expires_unless_told_otherwise()
    {
        var token = TestToken.Of("\"sub\":\"alice\",\"exp\":1800000005");

        Assert.Equal(Now.AddSeconds(5), Judge(token).Grant?.EndsAt);
        Assert.Null(Check(new TokenOptions { DisconnectsAfterExpiry = false }).Judge(TestToken.Keys, token, "c", null).Grant?.EndsAt);
        Assert.Null(Judge(TestToken.Of("\"sub\":\"alice\"")).Grant?.EndsAt);
    }

    [Theory]
    [InlineData("\"dev\":\"id-c-of-u\",\"aud\":\"edge\"", null)]
    [InlineData("\"dev\":\"id-c-of-u\",\"aud\":[\"x\",\"edge\"]", null)]
    [InlineData("\"dev\":\"id-c-of-u\"", "aud"), InlineData("\"dev\":\"id-c-of-u\",\"aud\":\"edge2\"", "aud"), InlineData("\"dev\":\"id-c-of-u\",\"aud\":[]", "aud")]
    [InlineData("\"dev\":\"id-c-of-u\",\"aud\":[[\"edge\"]]", "aud"), InlineData("\"dev\":\"id-c-of-u\",\"aud\":{\"edge\":\"edge\"}", "aud")]
    [InlineData("\"dev\":\"id-x-of-u\",\"aud\":\"edge\"", "dev"), InlineData("\"dev\":\"id-${clientid}-of-u\",\"aud\":\"edge\"", "dev")]
    public void Claims_asked_for_must_be_there_and_say_what_is_asked(string claims, string? wrong)
    {
        var check = Check(new TokenOptions { Claims = new Dictionary<string, ClaimTemplate> { ["dev"] = Template("id-${clientid}-of-${username}"), ["aud"] = Template("edge") } });

        Assert.Equal(
            wrong is null ? "" : $"claim {wrong} is missing, or is not what auth.jwt.claims asks for",
            check.Judge(TestToken.Keys, TestToken.Of($"\"sub\":\"alice\",{claims}"), "c", "u").Why);
    }

    [Theory]
    [InlineData("${username}", "x", "${username}")] // what a client calls itself is no template
    [InlineData("", "x", "x")]
    [InlineData("x", "", "x")]
    [InlineData("x", null, "x")]
    public void A_name_that_is_missing_or_looks_like_a_place_matches_nothing_else(string clientId, string? userName, string claim)
    {
        var check = Check(new TokenOptions { Claims = new Dictionary<string, ClaimTemplate> { ["dev"] = Template("${clientid}${username}") } });

        Assert.Equal(TokenOutcome.Refused, check.Judge(TestToken.Keys, TestToken.Of($"\"sub\":\"alice\",\"dev\":\"{claim}\""), clientId, userName).Outcome);
    }

    [Theory]
    [InlineData("r1", "RS256"), InlineData("e1", "ES256"), InlineData("h1", "HS256")]
    public void A_token_that_names_a_key_is_held_against_that_key_and_keys_without_a_name(string name, string algorithm)
    {
        var token = Octets(ForeignTokens.OfNode(algorithm));
        var set = ForeignTokens.OfNode("jwks");

        Assert.Equal(TokenOutcome.Accepted, Check().Judge(ForeignTokens.Keys(set), token, "c", null).Outcome);
        Assert.Equal(TokenOutcome.NotMine, Check().Judge(ForeignTokens.Keys(set.Replace($"\"{name}\"", "\"other\"", StringComparison.Ordinal)), token, "c", null).Outcome);
        Assert.Equal(TokenOutcome.Accepted, Check().Judge(ForeignTokens.Keys(set.Replace("\"kid\"", "\"was\"", StringComparison.Ordinal)), token, "c", null).Outcome);
    }

    [Fact]
    public void A_token_that_names_no_key_is_held_against_each() => Assert.Equal(
        TokenOutcome.Accepted,
        Check().Judge(ForeignTokens.Keys($$"""{"keys":[{{ForeignTokens.OfRfc7515[0].Key}},{"kty":"oct","kid":"a","k":"{{Base64Url.EncodeToString(Octets(TestToken.Secret))}}"}]}"""), TestToken.Of("\"sub\":\"a\""), "c", null).Outcome);

    private static TokenCheck Check(TokenOptions? options = null) => new(options ?? new TokenOptions(), new FakeTimeProvider(Now));

    private static TokenVerdict Judge(byte[] token) => Check().Judge(TestToken.Keys, token, "c", null);

    private static ClaimTemplate Template(string text) => ClaimTemplate.TryParse(text, out var template) ? template : throw new ArgumentException(text, nameof(text));

    private static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text);
}
