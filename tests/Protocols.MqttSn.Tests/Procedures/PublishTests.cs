using Edge.Messaging;
using Edge.Messaging.Peers;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>Client's publish procedure, topic id types, QoS −1 (MQTT-SN 1.2 §6.6 to §6.8).</summary>
public sealed class PublishTests
{
    [Fact]
    public void A_copy_that_comes_after_pubrel_is_answered_and_not_published_again()
    {
        var node = Node.Connected();
        node.Says("09 0C 41 0001 002A 6869");
        node.BrokerPublished(PublishOutcome.Accepted);
        node.Says("04 10 002A");
        node.BrokerReleased();
        _ = node.Asked;

        node.Says("09 0C C1 0001 002A 6869");
        Assert.Equal(["send 040F002A"], node.Asked);

        // What has another content, or no DUP, is another message; so is one that comes when no copy can be on its way any more.
        node.Says("09 0C C1 0001 002A 686F");
        node.Says("09 0C 41 0001 002A 6869");
        Assert.Equal(2, node.Asked.Count(asked => asked.StartsWith("publish ", StringComparison.Ordinal)));
        node.BrokerPublished(PublishOutcome.Accepted);
        node.BrokerPublished(PublishOutcome.Accepted);
        node.TimeIsUp(PeerTimer.Progress);
        _ = node.Asked;
        node.Says("09 0C C1 0001 002A 6869");
        Assert.Single(node.Asked, asked => asked.StartsWith("publish ", StringComparison.Ordinal));
    }

    [Fact]
    public void Qos_1_is_acknowledged_after_the_broker_took_the_message()
    {
        var node = Node.Connected();

        node.Says("09 0C 21 0001 002A 6869");
        Assert.Equal(["publish plant/1/temperature QoS 1 «hi» id 0"], node.Asked);

        node.BrokerPublished(PublishOutcome.Accepted);
        Assert.Equal(["send 070D0001002A00"], node.Asked);
    }

    [Theory]
    [InlineData(PublishOutcome.NoMatchingSubscribers, "00")]
    [InlineData(PublishOutcome.QuotaExceeded, "01")]
    [InlineData(PublishOutcome.TooLarge, "03")]
    [InlineData(PublishOutcome.NotAuthorized, "03")]
    [InlineData(PublishOutcome.TopicInvalid, "03")]
    public void An_outcome_has_a_return_code(PublishOutcome outcome, string code)
    {
        var node = Node.Connected();
        node.Says("09 0C 21 0001 002A 6869");
        _ = node.Asked;

        node.BrokerPublished(outcome);

        Assert.Equal(["send 070D0001002A" + code], node.Asked);
    }

    [Fact]
    public void Nothing_is_acknowledged_when_the_session_is_gone()
    {
        var node = Node.Connected();
        node.Says("09 0C 21 0001 002A 6869");
        _ = node.Asked;

        node.BrokerPublished(PublishOutcome.Detached);

        Assert.Empty(node.Asked);
    }

    [Fact]
    public void Qos_0_is_answered_only_when_refused()
    {
        var node = Node.Connected();
        node.Says("09 0C 11 0001 0000 6869");
        node.Says("09 0C 11 0001 0000 6869");
        Assert.Equal(["publish plant/1/temperature QoS 0 retain «hi» id 0", "publish plant/1/temperature QoS 0 retain «hi» id 0"], node.Asked);

        node.BrokerPublished(PublishOutcome.Accepted);
        Assert.Empty(node.Asked);
        node.BrokerPublished(PublishOutcome.NotAuthorized);
        Assert.Equal(["send 070D0001000003"], node.Asked);
    }

    [Fact]
    public void Qos_2_is_received_released_and_completed()
    {
        var node = Node.Connected();

        node.Says("09 0C 41 0001 002A 6869");
        Assert.Equal(["publish plant/1/temperature QoS 2 «hi» id 42"], node.Asked);
        node.BrokerPublished(PublishOutcome.Accepted);
        Assert.Equal(["send 040F002A"], node.Asked);

        node.Says("04 10 002A");
        Assert.Equal(["release 42"], node.Asked);
        node.BrokerReleased();
        Assert.Equal(["send 040E002A"], node.Asked);
    }

    [Fact]
    public void Qos_2_repeated_is_received_again_and_published_once()
    {
        var node = Node.Connected();
        node.Says("09 0C 41 0001 002A 6869");
        node.BrokerPublished(PublishOutcome.Accepted);
        _ = node.Asked;

        node.Says("09 0C C1 0001 002A 6869");
        node.BrokerPublished(PublishOutcome.Repeated);

        Assert.Equal(["publish plant/1/temperature QoS 2 «hi» id 42", "send 040F002A"], node.Asked);
    }

    [Fact]
    public void Pubrel_repeated_is_completed_again()
    {
        var node = Node.Connected();
        node.Says("04 10 002A");
        node.BrokerReleased(known: false);

        Assert.Equal(["release 42", "send 040E002A"], node.Asked);
    }

    [Theory]
    [InlineData(PublishOutcome.QuotaExceeded, "send 070D0001002A01")]
    [InlineData(PublishOutcome.NotAuthorized, "send 070D0001002A03")]
    public void Qos_2_refused_ends_with_puback(PublishOutcome outcome, string answer)
    {
        var node = Node.Connected();
        node.Says("09 0C 41 0001 002A 6869");
        _ = node.Asked;

        node.BrokerPublished(outcome);

        Assert.Equal([answer], node.Asked);
    }

    [Fact]
    public void A_repetition_waits_with_the_first_for_the_brokers_answer()
    {
        var node = Node.Connected();
        node.Says("09 0C 21 0001 002A 6869");
        _ = node.Asked;

        node.Says("09 0C A1 0001 002A 6869");
        Assert.Empty(node.Asked);

        node.BrokerPublished(PublishOutcome.Accepted);
        node.Says("09 0C A1 0001 002A 6869");
        Assert.Equal(["send 070D0001002A00", "publish plant/1/temperature QoS 1 «hi» id 0"], node.Asked);
    }

    [Theory]
    [InlineData("09 0C 20 0005 002A 6869", "send 070D0005002A02")]
    [InlineData("09 0C 21 0003 002A 6869", "send 070D0003002A02")]
    [InlineData("09 0C 42 2B2B 002A 6869", "send 070D2B2B002A02")]
    [InlineData("09 0C 00 0000 0000 6869", "send 070D0000000002")]
    [InlineData("09 0C 20 0001 002A 6869", "send 070D0001002A02")]
    public void An_unknown_topic_id_is_refused_and_counted(string publish, string answer)
    {
        var node = Node.Connected();

        node.Says(publish);

        Assert.Equal([answer, "refuse OutOfSequence"], node.Asked);
    }

    [Fact]
    public void A_short_name_is_its_own_topic_id()
    {
        var node = Node.Connected();

        node.Says("09 0C 22 6162 002A 6869");

        Assert.Equal(["publish ab QoS 1 «hi» id 0"], node.Asked);
    }

    [Fact]
    public void A_registered_name_is_published_by_its_id()
    {
        var node = Node.Connected();
        var id = node.Registered("a/b");

        node.Says($"09 0C 20 {id} 002A 6869");
        node.BrokerPublished(PublishOutcome.Accepted);

        Assert.Equal(["publish a/b QoS 1 «hi» id 0", $"send 070D{id}002A00"], node.Asked);
    }

    [Theory]
    [InlineData("09 0C 61 0001 0000 6869", "publish without session plant/1/temperature QoS 0 «hi»")]
    [InlineData("09 0C 72 6162 0000 6869", "publish without session ab QoS 0 retain «hi»")]
    [InlineData("09 0C 61 0003 0000 6869", "refuse OutOfSequence")]
    [InlineData("09 0C 60 0001 0000 6869", "refuse OutOfSequence")]
    public void Qos_minus_1_needs_no_connection_but_a_topic_without_registration(string publish, string asked)
    {
        var node = new Node();

        node.Says(publish);

        Assert.Equal([asked], node.Asked);
        Assert.Empty(node.Timers);
    }

    [Fact]
    public void Qos_minus_1_is_refused_when_not_allowed()
    {
        var node = new Node(Node.DefaultOptions with { AllowQosMinusOne = false });

        node.Says("09 0C 61 0001 0000 6869");

        Assert.Equal(["refuse OutOfSequence"], node.Asked);
    }

    [Fact]
    public void Qos_minus_1_of_a_connected_client_is_published_in_its_name_and_not_answered()
    {
        var node = Node.Connected(Node.DefaultOptions with { AllowQosMinusOne = false });

        node.Says("09 0C 61 0001 0000 6869");
        node.BrokerPublished(PublishOutcome.NotAuthorized);

        Assert.Equal(["publish plant/1/temperature QoS 0 «hi» id 0"], node.Asked);
    }

    [Fact]
    public void A_predefined_id_means_what_was_agreed_with_the_client_that_is_connected()
    {
        var node = new Node(new MqttSnOptions
        {
            PredefinedTopics = Node.Predefined((1, "plant/${clientid}/t")),
            Clients = [new ClientTopics { ClientId = "efgh", PredefinedTopics = Node.Predefined((2, "valves/7")) }],
        });
        node.Says("09 0C 61 0001 0000 6869");
        Assert.Equal(["refuse OutOfSequence"], node.Asked);

        foreach (var (connect, topic) in new[] { ("0A 04 04 01 003C 61626364", "plant/abcd/t"), ("0A 04 04 01 003C 65666768", "plant/efgh/t") })
        {
            node.Says(connect);
            node.BrokerAccepts();
            _ = node.Asked;
            node.Says("09 0C 01 0001 0000 6869");
            Assert.Equal([$"publish {topic} QoS 0 «hi» id 0"], node.Asked);
            node.Says("02 18");
            _ = node.Asked;
        }

        node.Says("0A 04 04 01 003C 65666768");
        node.BrokerAccepts();
        node.BrokerDelivers(Node.Delivery("valves/7", QualityOfService.AtMostOnce));
        Assert.Equal("send 090C01000200006869", node.Asked[^1]);
    }
}
