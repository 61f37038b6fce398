using System.Text;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Edge.LocalBroker.Tests.Access.Tokens;
using Edge.LocalBroker.Tests.Support;

namespace Edge.LocalBroker.Tests.Access;

/// <summary>What clients say of who they are, made bad: refused, and no exception; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests
{
    private const string Acl = """[{"permission":"allow","action":"publish","topics":["x/%c/#","eq y/+"],"qos":"0, 1","retain":false},{"permission":"deny","action":"all","topic":"${username}/#","qos":[0,1]}]""";

    private static readonly TokenCheck Check = new(
        new TokenOptions { Claims = new Dictionary<string, ClaimTemplate> { ["device"] = ClaimTemplate.TryParse("${clientid}", out var device) ? device : throw new InvalidOperationException() } },
        TimeProvider.System);

    private static readonly byte[][] Claims =
    [
        .. ((string[])[
            """{"sub":"alice","device":"c","exp":4102444800,"nbf":"1","acl":{"pub":["p/${clientid}/#"],"sub":[]}}""",
            """{"sub":"alice","device":["c","d"],"exp":"4102444800.5","acl":[{"permission":"allow","action":"pub","topic":"a","qos":1}]}""",
            """{"sub":"al\u00efce","device":"c","nested":{"a":[1,2,{"b":null}]},"exp":4.1e9}"""]).Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void Tokens()
    {
        var keys = ForeignTokens.Keys(ForeignTokens.OfNode("jwks"));
        byte[][] good = [.. ((string[])["HS256", "RS256", "ES256", "HS512", "confusedPem"]).Select(name => Encoding.ASCII.GetBytes(ForeignTokens.OfNode(name)))];
        Fuzzing.Run(good, (octets, random) =>
        {
            // Whoever has no key gets no further than this, whatever he makes of a good one.
            Assert.True(Check.Judge(keys, octets, "c", null).Outcome != TokenOutcome.Accepted);

            // Claims that were signed may be anything.
            var claims = Fuzzing.Mutate(Claims, random, 16 * 1024);
            var verdict = Check.Judge(TestToken.Keys, TestToken.Signed("eyJhbGciOiJIUzI1NiJ9", claims), "c", null);
            Assert.Equal(verdict.Outcome == TokenOutcome.Refused, verdict.Why.Length > 0);
            Assert.Equal(claims.Length == 0, verdict.Outcome == TokenOutcome.NotMine);
            if (verdict.Outcome == TokenOutcome.Accepted)
            {
                Judge(verdict.Grant!.Acl!);
            }
        });
    }

    [Fact]
    public void Keys() => Fuzzing.Run(
        [.. ((string[])["jwks", "rsaPublic", "rsaPkcs1", "ecPublic", "secret"]).Select(name => Encoding.ASCII.GetBytes(ForeignTokens.OfNode(name)))],
        (octets, _) =>
        {
            var isRead = TokenKeys.TryRead(octets, out var keys, out var fault);
            Assert.Equal(isRead, fault.Length == 0);
            Assert.Equal(isRead, keys is { All.Count: > 0 });
        });

    [Fact]
    public void Acls() => Fuzzing.Run(
        [Encoding.UTF8.GetBytes(Acl), """{"pub":["p/${clientid}/#"],"sub":["s/%u/+","eq w/#"],"all":[]}"""u8.ToArray()],
        (octets, _) => Judge(Encoding.UTF8.GetString(octets)),
        largest: 16 * 1024);

    [Fact]
    public void Scram()
    {
        var keys = ScramKeys.Create(ScramMethod.Sha256, "right"u8, 1_000);
        var client = new ScramClient(ScramMethod.Sha256, "alice", "right");
        var model = new ScramExchange(ScramMethod.Sha256, _ => keys, "server");
        Assert.True(model.TryBegin(client.First, out var challenge));
        var last = client.Final(challenge);
        byte[][] good = [client.First, last, "n,a=alice,n=alice,r=x"u8.ToArray(), "y,,n=a=2Cb=3D,r=x"u8.ToArray()];
        Fuzzing.Run(
            good,
            (octets, random) =>
            {
                var exchange = new ScramExchange(ScramMethod.Sha256, _ => keys, "server");
                Assert.Equal(exchange.TryBegin(octets, out var answer), answer.Length > 0);
                exchange.TryFinish(Fuzzing.Mutate(good, random, 4_096), out _);

                var begun = new ScramExchange(ScramMethod.Sha256, _ => keys, "server");
                begun.TryBegin(client.First, out _);
                Assert.True(!begun.TryFinish(octets, out _) || octets.AsSpan().SequenceEqual(last));
                Assert.Equal(ScramKeys.TryParse(ScramMethod.Sha256, Encoding.UTF8.GetString(octets), out var read), read is not null);
            },
            largest: 8 * 1024);
    }

    private static void Judge(string? acl)
    {
        Assert.Equal(acl is not null && TokenAcl.TryParse(acl, out _, out _), acl is not null && TokenAcl.TryParse(acl, out var rules, out var fault) && fault.Length == 0 && rules is not null);
        var rights = AccessRules.Open.For(new ClientIdentity("c", "u", null, Token: new TokenGrant(acl)));
        var subscription = rights.Subscribe(Names.Filter("p/#"), Names.Qos1);
        Assert.True(subscription.IsFree || subscription.IsDenied || subscription.Deciding.Count > 0);
        Assert.Equal(rights.Subscribe(Names.Filter("p/c/x"), Names.Qos1).IsDenied, !rights.Receive(Names.Topic("p/c/x"), Names.Filter("p/c/x"), Names.Qos1).IsAllowed);
    }
}
