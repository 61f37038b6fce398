using System.Globalization;
using System.Net;
using CsCheck;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;

namespace Edge.LocalBroker.Tests.Access;

/// <summary>The access list against a naive second writing of it: what the one allows the other allows, and nothing else is delivered.</summary>
public sealed class AccessRulesTests
{
    private static readonly string[] Levels = ["a", "b", "", "$x"];

    private static readonly string[] Topics =
        [.. Levels.Concat(from first in Levels from second in Levels select $"{first}/{second}").Concat(from first in Levels from second in Levels from third in Levels select $"{first}/{second}/{third}").Where(topic => topic.Length > 0)];

    private static readonly Gen<bool?> MaybeBool = Gen.Int[0, 9].Select(drawn => drawn switch { 0 => true, 1 => false, _ => (bool?)null });

    private static readonly Gen<string> Topic = OneOf(Topics);

    private static readonly Gen<string> Filter = Gen.Select(OneOf("a", "b", "+", "", "$x").Array[0, 3], Gen.Bool)
        .Select(given => string.Join('/', given.Item2 ? [.. given.Item1, "#"] : given.Item1)).Where(text => text.Length > 0);

    private static readonly Gen<string> Template = Gen.Select(OneOf("a", "b", "+", "", "$x", "${clientid}", "${username}", "a${clientid}").Array[0, 3], Gen.Bool)
        .Select(given => string.Join('/', given.Item2 ? [.. given.Item1, "#"] : given.Item1)).Where(text => text.Length > 0);

    private static readonly Gen<QualityOfService> Qos = Gen.Int[0, 2].Select(qos => (QualityOfService)qos);

    private static readonly Gen<ClientIdentity> Client = Gen.Select(
        OneOf("a", "b", "ab", "$x", "+", "a/b"),
        Maybe("a", "b", "#", "${clientid}"),
        Maybe("192.0.2.1", "198.51.100.1", "2001:db8::1")).Select(
            (id, user, address) => new ClientIdentity(id, user, address is null ? null : IPAddress.Parse(address)));

    private static readonly Gen<AccessRule> Rule = Gen.Select(
        Gen.Select(Gen.Bool, Gen.Int[1, 3], Gen.Int[0, 15].Select(mask => mask < 8 ? mask : 7)),
        Gen.Select(
            Maybe("a", "b", "a*", "*"),
            Maybe("a", "b", "a*", "*"),
            Maybe("192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32")),
        Gen.Select(MaybeBool, MaybeBool),
        Template.Array[0, 3]).Select((what, who, also, topics) => new AccessRule
        {
            Allow = what.Item1,
            Actions = (TopicActions)what.Item2,
            QosMask = what.Item3,
            Users = who.Item1 is null ? [] : [who.Item1],
            Clients = who.Item2 is null ? [] : [who.Item2],
            Networks = who.Item3 is null ? [] : [IPNetwork.Parse(who.Item3)],
            Anonymous = also.Item1,
            Retain = also.Item2,
            Topics = [.. topics.Select(Names.Template)],
        });

    private static readonly Gen<AccessRules> Rules = Gen.Select(Rule.Array[0, 6], Gen.Bool).Select((rules, others) => new AccessRules(rules, others));

    [Fact]
    public void Each_decision_is_the_one_that_the_first_fitting_rule_makes() =>
        Gen.Select(Rules, Client, Filter, Topic, Qos, Gen.Bool).Sample(
            (rules, client, filter, topic, qos, retain) =>
            {
                var rights = rules.For(client);
                var published = rights.Publish(Names.Topic(topic), qos, retain).IsAllowed;
                var subscribed = rights.Subscribe(Names.Filter(filter), qos);
                return published == AccessOracle.MayPublish(rules, client, topic, qos, retain)
                    && (!rules.IsOpen || (published && subscribed.IsFree))
                    && !(subscribed.IsFree && subscribed.IsDenied)
                    && Topics.Where(other => AccessOracle.Matches(filter, other))
                        .All(other => subscribed.Allows(Names.Topic(other)) == AccessOracle.MayReceive(rules, client, other, qos));
            },
            iter: 100_000);

    [Fact]
    public Task A_message_arrives_if_and_only_if_publisher_and_subscriber_may() =>
        Gen.Select(Rules, Client, Client, Gen.Select(Filter, Qos).Array[1, 3].Select(some => some.DistinctBy(one => one.Item1).ToArray()), Gen.Select(Topic, Qos, Gen.Bool).Array[1, 6], Gen.Bool).SampleAsync(
            async (rules, publisher, subscriber, subscriptions, messages, retainedFirst) =>
            {
                using var broker = new TestBroker(access: new AccessControl(AnonymousAccess.Everyone, TimeProvider.System) { Rules = rules });
                var from = await ConnectAsync(broker, publisher, "p");
                var to = await ConnectAsync(broker, subscriber, "s");
                if (!retainedFirst)
                {
                    await SubscribeAsync();
                }

                var expected = new List<string>();
                foreach (var (index, (topic, qos, retain)) in messages.Index())
                {
                    await from.PublishAsync(topic, $"{index}", qos, retain);
                    var mayPublish = AccessOracle.MayPublish(rules, Identity(publisher, "p"), topic, qos, retain);
                    if (mayPublish && MayReceive(topic) && !retainedFirst)
                    {
                        expected.Add($"{index}");
                    }
                    else if (mayPublish && retainedFirst && retain)
                    {
                        expected.RemoveAll(other => messages[int.Parse(other, CultureInfo.InvariantCulture)].Item1 == topic);
                        if (MayReceive(topic))
                        {
                            expected.Add($"{index}");
                        }
                    }
                }

                if (retainedFirst)
                {
                    await SubscribeAsync();
                }

                return expected.Order().SequenceEqual(to.TakeTexts().Distinct().Order());

                Task SubscribeAsync() => to.SubscribeAsync([.. subscriptions.Select(s => new Subscription { Filter = Names.Filter(s.Item1), MaximumQos = s.Item2 })]);

                bool MayReceive(string topic) => subscriptions.Any(
                    s => AccessOracle.Matches(s.Item1, topic) && AccessOracle.MayReceive(rules, Identity(subscriber, "s"), topic, s.Item2));
            },
            iter: 5_000,
            threads: 2);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    /// <summary>None of them two times out of three.</summary>
    private static Gen<string?> Maybe(params string[] texts) => Gen.Int[0, (3 * texts.Length) - 1].Select(index => index < texts.Length ? texts[index] : null);

    /// <summary>Without users names count for nothing, so clients are told apart by ClientId and address here.</summary>
    private static ClientIdentity Identity(ClientIdentity client, string suffix) => new(client.ClientId + suffix, null, client.Address);

    private static Task<TestClient> ConnectAsync(TestBroker broker, ClientIdentity client, string suffix) => broker.ConnectAsync(new ConnectRequest
    {
        ClientId = client.ClientId + suffix,
        Peer = client.Address is null ? "" : new IPEndPoint(client.Address, 1).ToString(),
    });
}
