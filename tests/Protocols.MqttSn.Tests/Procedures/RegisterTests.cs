using Edge.Messaging;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>Topic name registration by the client (MQTT-SN 1.2 §6.5).</summary>
public sealed class RegisterTests
{
    [Fact]
    public void A_name_has_the_same_id_however_often_it_is_registered()
    {
        var node = Node.Connected();

        var id = node.Registered("a/b");

        Assert.NotEqual("0000", id);
        Assert.NotEqual("FFFF", id);
        Assert.Equal(id, node.Registered("a/b"));
        Assert.NotEqual(id, node.Registered("a/c"));
    }

    [Fact]
    public void Regack_bears_the_msg_id_even_when_it_is_0()
    {
        var node = Node.Connected();

        node.Says("09 0A 0000 0000 612F62");

        Assert.EndsWith("000000", Assert.Single(node.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_with_wildcards_is_not_supported()
    {
        var node = Node.Connected();

        node.Says("09 0A 0000 0001 612F23");

        Assert.Equal(["send 070B0000000103", "refuse InvalidTopic"], node.Asked);
    }

    [Fact]
    public void An_id_that_gave_way_is_unknown_and_not_another_topic()
    {
        var node = Node.Connected(Node.DefaultOptions with { MaxTopicIds = 2 });
        var first = node.Registered("a/1");
        var second = node.Registered("a/2");
        node.Says($"09 0C 00 {first} 0000 6869");
        _ = node.Asked;

        var third = node.Registered("a/3");
        node.Says($"09 0C 00 {second} 0000 6869");
        Assert.Equal([$"send 070D{second}000002", "refuse OutOfSequence"], node.Asked);

        node.Says($"09 0C 00 {first} 0000 6869");
        node.Says($"09 0C 00 {third} 0000 6869");
        Assert.Equal(["publish a/1 QoS 0 «hi» id 0", "publish a/3 QoS 0 «hi» id 0"], node.Asked);
    }

    [Fact]
    public void A_registered_name_needs_no_register_towards_the_client()
    {
        var node = Node.Connected();
        var id = node.Registered("a/b");

        node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));

        Assert.Equal([$"send 090C00{id}00006869"], node.Asked);
    }
}
