using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>The Will at connection setup and later (MQTT-SN 1.2 §6.2 to §6.4).</summary>
public sealed class WillTests
{
    private const string CleanWithWill = "0A 04 0C 01 003C 61626364";
    private const string KeptWithWill = "0A 04 08 01 003C 61626364";
    private const string Kept = "0A 04 00 01 003C 61626364";
    private const string WillTopic = "07 07 30 6C617374";
    private const string WillMsg = "06 09 676F6E65";

    [Fact]
    public void The_will_is_asked_for_before_the_broker_is()
    {
        var node = new Node();

        node.Says(CleanWithWill);
        Assert.Equal(["send 0206"], node.Asked);

        node.Says(WillTopic);
        Assert.Equal(["send 0208"], node.Asked);

        node.Says(WillMsg);
        Assert.Equal(["connect abcd"], node.Asked);
        var will = node.Request!.Will!.Message;
        Assert.Equal(("last", "gone", QualityOfService.AtLeastOnce, true), (will.Topic.ToString(), Encoding.UTF8.GetString(will.Payload.Span), will.Qos, will.Retain));
        Assert.DoesNotContain(PeerTimer.Retry, node.Timers);

        node.BrokerAccepts();
        Assert.Equal(["send 030500"], node.Asked);
    }

    [Fact]
    public void An_empty_will_topic_deletes_the_will_and_goes_on()
    {
        var node = WithWill();

        node.Says(KeptWithWill);
        node.Says("02 07");

        Assert.Equal(["send 0206", "connect abcd"], node.Asked);
        Assert.Null(node.Request!.Will);
    }

    [Fact]
    public void Connect_without_clean_session_and_will_keeps_the_will()
    {
        var node = WithWill();

        node.Says(Kept);

        Assert.Equal("gone", Encoding.UTF8.GetString(node.Request!.Will!.Message.Payload.Span));
    }

    [Fact]
    public void Clean_session_deletes_the_will()
    {
        var node = WithWill();

        node.Says("0A 04 04 01 003C 61626364");

        Assert.Null(node.Request!.Will);
    }

    [Fact]
    public void Connect_again_in_the_middle_begins_the_dialogue_anew()
    {
        var node = new Node();
        node.Says(CleanWithWill);
        node.Says(WillTopic);
        _ = node.Asked;

        node.Says(CleanWithWill);
        Assert.Equal(["send 0206"], node.Asked);
        node.Says(WillTopic);
        node.Says(WillTopic);
        Assert.Equal(["send 0208", "send 0208"], node.Asked);
    }

    [Fact]
    public void Willmsg_repeated_because_connack_was_lost_gets_connack_again()
    {
        var node = new Node();
        node.Says(CleanWithWill);
        node.Says(WillTopic);
        node.Says(WillMsg);
        node.Says(WillMsg);
        node.BrokerAccepts();
        _ = node.Asked;

        node.Says(WillMsg);

        Assert.Equal(["send 030500"], node.Asked);
    }

    [Fact]
    public void Willmsg_out_of_place_is_counted()
    {
        var node = Node.Connected();

        node.Says(WillMsg);

        Assert.Equal(["refuse OutOfSequence"], node.Asked);
    }

    [Theory]
    [InlineData("05 07 00 612B")]
    [InlineData("07 07 60 6C617374")]
    public void A_will_that_cannot_be_published_is_refused(string willTopic)
    {
        var node = new Node();
        node.Says(CleanWithWill);
        _ = node.Asked;

        node.Says(willTopic);

        Assert.Equal(["send 030503", "refuse InvalidTopic"], node.Asked);
        Assert.Empty(node.Timers);
    }

    [Fact]
    public void Questions_are_repeated_and_then_given_up()
    {
        var node = new Node();
        node.Says(CleanWithWill);
        node.TimeIsUp(PeerTimer.Retry);
        node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal(["send 0206", "send 0206", "send 0206"], node.Asked);

        node.Says(WillTopic);
        node.TimeIsUp(PeerTimer.Retry);
        node.TimeIsUp(PeerTimer.Retry);
        node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal(["send 0208", "send 0208", "send 0208", "send 0208"], node.Asked);

        node.TimeIsUp(PeerTimer.Retry);
        Assert.Empty(node.Asked);
        Assert.Empty(node.Timers);
    }

    [Fact]
    public void A_client_lost_while_it_connects_anew_is_lost_with_its_old_will()
    {
        var node = WithWill();
        node.Says(KeptWithWill);
        Assert.False(node.Peer.WantsDelivery);
        node.TimeIsUp(PeerTimer.Retry);
        node.TimeIsUp(PeerTimer.Retry);
        node.TimeIsUp(PeerTimer.Retry);
        _ = node.Asked;

        node.TimeIsUp(PeerTimer.Retry);

        Assert.Equal(["send 0218", "close with Will"], node.Asked);
    }

    [Fact]
    public void Another_topic_keeps_the_message_and_another_message_the_topic()
    {
        var node = WithWill();

        node.Says("07 1A 10 6C617374");
        Assert.Equal(["Will last QoS 0 retain «gone»"], node.Asked);
        node.BrokerKeeps();
        Assert.Equal(["send 031B00"], node.Asked);

        node.Says("06 1C 64656164");
        Assert.Equal(["Will last QoS 0 retain «dead»"], node.Asked);
        node.BrokerKeeps();
        Assert.Equal(["send 031D00"], node.Asked);
    }

    [Fact]
    public void A_Will_that_the_client_may_not_have_leaves_the_one_before()
    {
        var node = WithWill();

        node.Says("09 1A 10 736563726574");
        node.BrokerKeeps(isAccepted: false);
        Assert.Equal(["Will secret QoS 0 retain «gone»", "send 031B03"], node.Asked);

        node.Says("06 1C 64656164");
        Assert.Contains("Will last ", Assert.Single(node.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_repeated_while_the_broker_thinks_is_one_update()
    {
        var node = WithWill();

        node.Says("06 1C 64656164");
        node.Says("06 1C 64656164");

        Assert.Single(node.Asked);
    }

    [Fact]
    public void An_update_without_a_topic_deletes_the_Will()
    {
        var node = WithWill();

        node.Says("02 1A");
        node.BrokerKeeps();
        Assert.Equal(["no Will", "send 031B00"], node.Asked);

        node.Says("06 1C 64656164");
        Assert.Equal(["send 031D03", "refuse OutOfSequence"], node.Asked);
    }

    [Theory]
    [InlineData("07 1A 60 6C617374"), InlineData("06 1A 20 6C2F2B"), InlineData("05 1A 20 6C23")]
    public void A_Will_needs_a_QoS_and_a_Topic_Name(string update)
    {
        var node = WithWill();

        node.Says(update);

        Assert.Equal(["send 031B03", "refuse InvalidTopic"], node.Asked);
    }

    [Fact]
    public void The_Will_of_a_kept_session_is_set_again_unless_the_client_brings_another()
    {
        var note = WithWill().KeptNote;
        var node = new Node();

        node.Says("0A 04 00 01 003C 61626364");
        Assert.Null(node.Request!.Will);
        node.BrokerAccepts(sessionPresent: true, note);
        Assert.Equal(["connect abcd", "Will last QoS 1 retain «gone»"], node.Asked);
        node.BrokerKeeps();
        Assert.Equal(["send 030500"], node.Asked);
    }

    /// <summary>A connected client with a Will, which has spoken since CONNACK.</summary>
    private static Node WithWill()
    {
        var node = new Node();
        node.Says(KeptWithWill);
        node.Says(WillTopic);
        node.Says(WillMsg);
        node.BrokerAccepts();
        node.Says("02 16");
        _ = node.Asked;
        return node;
    }
}
