using CsCheck;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>A client that may have been invented gets little more than it sends, until it has answered what only who receives can.</summary>
public sealed class ProofTests
{
    private const int Headers = 28;
    private static readonly string Large = new('x', 500);

    private readonly Node _node = Unproven();

    public ProofTests()
    {
        _node.Says("02 16");
        _ = _node.Asked;
    }

    [Fact]
    public void A_few_short_messages_need_no_proof()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtMostOnce));

        Assert.Equal(["send 090C02616200006869"], _node.Asked);
    }

    [Fact]
    public void What_is_not_paid_for_waits_for_the_answer_to_a_register_and_then_nothing_is_held_back()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtMostOnce, payload: Large));
        var (register, id, msgId) = Question();
        Assert.Equal($"send 080A{id}{msgId}6162", register);
        Assert.False(_node.Peer.WantsDelivery);

        _node.Says($"07 0B {id} {msgId} 00");

        Assert.StartsWith("send 0101FD0C0261620000", Assert.Single(_node.Asked), StringComparison.Ordinal);
        for (var i = 0; i < 10; i++)
        {
            _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtMostOnce, payload: Large));
            Assert.StartsWith("send 0101FD0C02616200", Assert.Single(_node.Asked), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ab", "0C026162")]
    [InlineData("plant/1/temperature", "0C010001")]
    public void The_question_changes_nothing_of_how_a_topic_is_called_whatever_the_answer(string topic, string named)
    {
        foreach (var returnCode in (string[])["00", "01", "02", "03"])
        {
            var node = Unproven();
            node.BrokerDelivers(Node.Delivery(topic, QualityOfService.AtMostOnce, payload: Large));
            var (_, id, msgId) = Question(node);

            node.Says($"07 0B {id} {msgId} {returnCode}");

            Assert.Contains(named, Assert.Single(node.Asked), StringComparison.Ordinal);
            Assert.True(node.Peer.WantsDelivery);
        }
    }

    [Fact]
    public void An_id_that_the_client_has_registered_stays_its_id()
    {
        var id = _node.Registered("a/b");
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce, payload: Large));
        var question = Question();
        Assert.Equal(id, question.TopicId);

        _node.Says($"07 0B {id} {question.MsgId} 03");

        Assert.StartsWith($"send 0101FD0C00{id}", Assert.Single(_node.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public void The_register_that_a_topic_needs_anyway_is_a_question_too()
    {
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce, payload: Large));
        var (_, id, msgId) = Question();

        _node.Says($"07 0B {id} {msgId} 00");

        Assert.StartsWith($"send 0101FD0C00{id}", Assert.Single(_node.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_can_only_be_guessed_and_a_wrong_one_proves_nothing()
    {
        var msgIds = Enumerable.Range(0, 20).Select(_ =>
        {
            var node = Unproven();
            node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtMostOnce, payload: Large));
            var (_, id, msgId) = Question(node);
            node.Says($"07 0B {id} {(msgId == "0001" ? "0002" : "0001")} 00");
            Assert.Equal(["refuse OutOfSequence"], node.Asked);
            Assert.False(node.Peer.WantsDelivery);
            return msgId;
        });

        Assert.True(msgIds.Distinct().Count() > 10, "The MsgIds of questions repeat themselves.");
    }

    [Fact]
    public void Acknowledgements_whose_MsgIds_can_be_guessed_prove_nothing()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 1));
        _node.Says("07 0D 6162 0001 00");
        Assert.Equal(["send 090C22616200016869", "acknowledge 1 PubAck"], _node.Asked);

        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 2, payload: Large));

        Assert.Contains("0A", Question().Sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65_507)]
    [InlineData(60)] // Most octets of a datagram: that of the message fits, its REGISTER does not.
    public void Where_the_register_of_the_topic_is_too_long_a_short_one_asks(int most)
    {
        var topic = string.Join('/', Enumerable.Repeat("level", 20));
        var options = Node.DefaultOptions with
        {
            MaxDatagramSize = most,
            PredefinedTopics = new Dictionary<ushort, PredefinedTopic> { [1] = PredefinedTopic.TryParse(topic, out var known) ? known : throw new ArgumentException(topic) },
        };
        var node = Node.Connected(options, isProven: false);
        node.BrokerDelivers(Node.Delivery(topic, QualityOfService.AtLeastOnce, packetId: 1, payload: new string('x', 50)));
        var (question, id, msgId) = Question(node);
        Assert.Equal($"send 070A{id}{msgId}3F", question);

        node.Says($"07 0B {id} {msgId} 00");

        Assert.StartsWith("send 390C2100010001", Assert.Single(node.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_topic_that_the_client_does_not_know_is_registered_after_the_proof()
    {
        var topic = string.Join('/', Enumerable.Repeat("level", 20));
        _node.BrokerDelivers(Node.Delivery(topic, QualityOfService.AtLeastOnce, packetId: 1));
        var (question, id, msgId) = Question();
        Assert.EndsWith("3F", question, StringComparison.Ordinal);

        _node.Says($"07 0B {id} {msgId} 00");

        Assert.StartsWith("send 7D0A", Question().Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_credit_does_not_even_suffice_to_ask_for_waits_until_the_client_says_more()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 1, payload: Large));
        var question = Question();
        for (var i = 0; i < 3; i++)
        {
            _node.TimeIsUp(PeerTimer.Retry);
        }

        Assert.Equal(2, _node.Asked.Length);
        Assert.False(_node.Peer.WantsDelivery);
        _node.Says("02 16");

        var asked = _node.Asked;
        Assert.Equal(["send 0217", question.Sent[..12]], [asked[0], asked[1][..12]]);
    }

    [Fact]
    public void Who_never_answers_the_question_is_asked_as_often_as_it_pays_for_and_is_lost()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtMostOnce, payload: Large));
        var (first, _, _) = Question();
        _node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal([first], _node.Asked);

        for (var i = 0; i < 10; i++)
        {
            _node.Says("02 16");
        }

        _ = _node.Asked;
        _node.TimeIsUp(PeerTimer.Retry);
        _node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal([first, first], _node.Asked);
        _node.TimeIsUp(PeerTimer.Retry);

        Assert.Equal(["send 0218", "discard ab Offline", "close with Will"], _node.Asked);
    }

    [Fact]
    public void A_sleeper_at_a_new_address_is_asked_and_gets_what_waits_and_then_the_answer_to_its_ping()
    {
        var sleeper = Node.Connected(connect: "0A 04 04 01 003C 61626364");
        sleeper.Says("04 18 0078");
        var node = new Node(isProven: false);
        node.Says("06 16 61626364");
        node.BrokerAccepts(sessionPresent: true, sleeper.KeptNote);
        Assert.Equal(["connect abcd"], node.Asked);
        node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 1, payload: Large));
        var (_, id, msgId) = Question(node);
        node.NothingIsLeft();
        Assert.Empty(node.Asked);

        node.Says($"07 0B {id} {msgId} 00");
        Assert.StartsWith("send 0101FD0C2261620001", Assert.Single(node.Asked), StringComparison.Ordinal);
        node.Says("07 0D 6162 0001 00");
        node.NothingIsLeft();

        Assert.Equal(["acknowledge 1 PubAck", "send 0217"], node.Asked);
    }

    [Fact]
    public void Nothing_that_a_stranger_says_brings_more_to_the_address_that_he_invents_than_three_times_as_much()
    {
        var acts = Gen.Int[0, 15].Select(Gen.Int[0, 600], Gen.Int[0, 2]).Array[1, 60];

        acts.Sample(all =>
        {
            var node = new Node(Node.DefaultOptions with { MaxInflight = 2 }, isProven: false);
            var (came, went, packetId) = (0, 0, (ushort)0);
            foreach (var (act, size, qos) in all)
            {
                Do(node, act, size, (QualityOfService)qos, ref packetId, ref came);
                var asked = node.Asked.ToList();
                foreach (var answer in asked.Select(asked => AnswerTo(asked.Split(' ')[0], node)).OfType<Action>().ToArray())
                {
                    answer();
                }

                went += asked.Concat(node.Asked).Where(asked => asked.StartsWith("send ", StringComparison.Ordinal)).Sum(asked => ((asked.Length - "send ".Length) / 2) + Headers);
                Assert.True(went <= 3 * came, $"{went} octets for {came}");
            }
        });
    }

    private static void Do(Node node, int act, int size, QualityOfService qos, ref ushort packetId, ref int came)
    {
        string? said = act switch
        {
            0 => "0A 04 04 01 003C 61626364",
            1 => "0A 04 00 01 003C 61626364",
            2 => "0A 04 0C 01 003C 61626364",
            3 => "07 12 42 0001 6162",
            4 => "06 12 20 0002 23",
            5 => "02 16",
            6 => "06 16 61626364",
            7 => "04 18 0078",
            8 => $"07 0D 6162 {packetId:X4} 00",
            9 => $"04 0F {packetId:X4}",
            10 => "07 0B 6162 0000 00", // MsgId 0 is never asked with.
            11 => "09 0C 22 6162 0001 6869",
            _ => null,
        };
        if (said is not null)
        {
            came += Hex.Parse(said).Length + Headers;
            node.Says(said);
        }
        else if (act == 12 && node.Timers.ContainsKey(PeerTimer.Retry))
        {
            node.TimeIsUp(PeerTimer.Retry);
        }
        else if (act > 12 && node.Peer.WantsDelivery)
        {
            packetId++;
            var topic = act switch { 13 => "ab", 14 => "plant/1/temperature", _ => new string('t', size + 1) };
            node.BrokerDelivers(
                act == 13 && size > 500 ? Node.Release(packetId) : Node.Delivery(topic, qos, qos == QualityOfService.AtMostOnce ? (ushort)0 : packetId, new string('x', size)));
        }
    }

    private static Action? AnswerTo(string asked, Node node) => asked switch
    {
        "connect" => () => node.BrokerAccepts(),
        "subscribe" => () => node.BrokerSubscribed(SubscribeOutcome.GrantedQos1),
        "publish" => () => node.BrokerPublished(PublishOutcome.Accepted),
        "sleep" => () => node.BrokerKeeps(),
        _ => null,
    };

    private static Node Unproven() => Node.Connected(isProven: false);

    private (string Sent, string TopicId, string MsgId) Question() => Question(_node);

    private static (string Sent, string TopicId, string MsgId) Question(Node node)
    {
        var sent = Assert.Single(node.Asked);
        var at = sent.IndexOf("0A", StringComparison.Ordinal) + 2;
        return (sent, sent.Substring(at, 4), sent.Substring(at + 4, 4));
    }
}
