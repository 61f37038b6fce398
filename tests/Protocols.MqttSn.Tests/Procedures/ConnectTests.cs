using Edge.Messaging;
using Edge.Messaging.Peers;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>Client's connection setup and Clean Session (MQTT-SN 1.2 §6.2, §6.3).</summary>
public sealed class ConnectTests
{
    private const string Clean = "0A 04 04 01 003C 61626364";
    private const string Kept = "0A 04 00 01 003C 61626364";

    [Fact]
    public void Connack_waits_for_the_broker()
    {
        var node = new Node();

        node.Says(Clean);
        Assert.Equal(["connect abcd"], node.Asked);

        node.BrokerAccepts();
        Assert.Equal(["send 030500"], node.Asked);
    }

    [Fact]
    public void A_clean_session_ends_with_its_connection()
    {
        var node = new Node();

        node.Says(Clean);

        Assert.True(node.Request!.CleanStart);
        Assert.Equal(TimeSpan.Zero, node.Request.SessionExpiry);
        Assert.Equal((1, "MQTT-SN 1.2", "192.0.2.7:50123"), (node.Request.ReceiveMaximum, node.Request.Protocol, node.Request.Peer));
        Assert.Null(node.Request.Will);
    }

    [Fact]
    public void Another_session_is_kept_for_as_long_as_the_options_say()
    {
        var node = new Node(Node.DefaultOptions with { MaxSessionExpiry = TimeSpan.FromHours(3) });

        node.Says(Kept);

        Assert.False(node.Request!.CleanStart);
        Assert.Equal(TimeSpan.FromHours(3), node.Request.SessionExpiry);
    }

    [Theory]
    [InlineData(ConnectRefusal.QuotaExceeded, "send 030501")]
    [InlineData(ConnectRefusal.Unavailable, "send 030501")]
    [InlineData(ConnectRefusal.NotAuthorized, "send 030503")]
    [InlineData(ConnectRefusal.ClientIdInvalid, "send 030503")]
    [InlineData(ConnectRefusal.BadCredentials, "send 030503")]
    public void A_refusal_has_a_return_code(ConnectRefusal refusal, string connack)
    {
        var node = new Node();
        node.Says(Clean);
        _ = node.Asked;

        node.BrokerRefuses(refusal);

        Assert.Equal([connack], node.Asked);
        Assert.Empty(node.Timers);
        Assert.False(node.Peer.WantsDelivery);
    }

    [Theory]
    [InlineData("0A 04 04 02 003C 61626364", "refuse UnsupportedVersion")]
    [InlineData("06 04 04 01 003C", "refuse InvalidValue")]
    public void Another_protocol_or_no_client_id_is_not_supported(string connect, string refusal)
    {
        var node = new Node();

        node.Says(connect);

        Assert.Equal(["send 030503", refusal], node.Asked);
    }

    [Fact]
    public void Connect_repeated_while_the_broker_thinks_is_one_connect()
    {
        var node = new Node();
        node.Says(Clean);
        _ = node.Asked;

        node.Says(Clean);
        Assert.Empty(node.Asked);

        node.BrokerAccepts();
        Assert.Equal(["send 030500"], node.Asked);
    }

    [Fact]
    public void Connect_repeated_because_connack_was_lost_only_gets_connack_again()
    {
        var node = Node.Connected();

        node.Says(Clean);

        Assert.Equal(["send 030500"], node.Asked);
    }

    [Fact]
    public void Connect_of_a_client_that_has_spoken_since_begins_anew_without_its_will()
    {
        var node = Node.Connected();
        node.Says("02 16");
        _ = node.Asked;

        node.Says(Clean);
        Assert.Equal(["connect abcd"], node.Asked);

        node.BrokerAccepts();
        Assert.Equal(["send 030500"], node.Asked);
        Assert.True(node.Peer.WantsDelivery);
    }

    [Fact]
    public void Other_terms_begin_anew_too()
    {
        var node = Node.Connected();

        node.Says(Kept);

        Assert.Equal(["connect abcd"], node.Asked);
        Assert.False(node.Request!.CleanStart);
    }

    [Fact]
    public void Frames_before_connack_are_dropped_and_counted()
    {
        var node = new Node();
        node.Says(Clean);
        _ = node.Asked;

        node.Says("09 0C 21 0001 002A 6869");

        Assert.Equal(["refuse OutOfSequence"], node.Asked);
        Assert.False(node.Peer.WantsDelivery);
    }

    [Fact]
    public void An_answer_to_an_earlier_connection_acknowledges_nothing_in_this_one()
    {
        var node = Node.Connected();
        node.Says("09 0C 21 0001 002A 6869");
        node.Says(Clean);
        node.BrokerAccepts();
        _ = node.Asked;

        node.BrokerPublished(PublishOutcome.Accepted);

        Assert.Empty(node.Asked);
    }

    [Fact]
    public void Topic_ids_live_on_in_a_session_that_is_kept()
    {
        var node = Node.Connected(connect: Kept);
        var id = node.Registered("a/b");
        node.Says(Kept);
        node.BrokerAccepts(sessionPresent: true);
        _ = node.Asked;

        node.Says($"09 0C 00 {id} 0000 6869");
        Assert.Equal(["publish a/b QoS 0 «hi» id 0"], node.Asked);

        // A node that started anew may have forgotten them, so it is told again before one is used towards it.
        node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));
        Assert.Equal([$"send 090A{id}0001612F62"], node.Asked);
    }

    [Fact]
    public void Topic_ids_end_with_a_clean_session()
    {
        var node = Node.Connected();
        var id = node.Registered("a/b");
        node.Says(Clean);
        node.BrokerAccepts();
        _ = node.Asked;

        node.Says($"09 0C 20 {id} 0001 6869");

        Assert.Equal([$"send 070D{id}000102", "refuse OutOfSequence"], node.Asked);
    }

    [Fact]
    public void Searchgw_is_answered_with_the_gateways_id()
    {
        var node = new Node();

        node.Says("03 01 00");

        Assert.Equal(["send 030207"], node.Asked);
    }

    [Theory]
    [InlineData("05 00 01 0384")]
    [InlineData("03 02 01")]
    public void What_other_gateways_broadcast_is_let_pass(string frame)
    {
        var node = new Node();

        node.Says(frame);

        Assert.Empty(node.Asked);
    }

    [Theory]
    [InlineData("07 0D 0001 0001 00"), InlineData("04 0E 0001"), InlineData("04 0F 0001"), InlineData("04 10 0001")]
    [InlineData("09 0C 21 0001 002A 6869"), InlineData("09 0C 00 0001 0000 6869")]
    [InlineData("09 0A 0000 0001 612F62"), InlineData("07 0B 0001 0001 00"), InlineData("08 12 20 0002 612F23"), InlineData("08 14 00 0003 612F23")]
    [InlineData("02 16"), InlineData("07 07 30 6C617374"), InlineData("06 09 676F6E65")]
    [InlineData("07 1A 30 6C617374"), InlineData("06 1C 676F6E65")]
    public void A_node_that_is_not_connected_is_told_so(string frame)
    {
        var node = new Node();

        node.Says(frame);

        Assert.Equal(["send 0218", "refuse OutOfSequence"], node.Asked);
        Assert.Empty(node.Timers);
    }

    [Theory]
    [InlineData("03 05 00"), InlineData("02 06"), InlineData("02 08"), InlineData("08 13 20 1234 0002 00"), InlineData("04 15 0003")]
    [InlineData("02 17"), InlineData("03 1B 00"), InlineData("03 1D 03")]
    public void What_only_a_gateway_may_say_is_counted_and_not_answered(string frame)
    {
        var node = new Node();

        node.Says(frame);

        Assert.Equal(["refuse OutOfSequence"], node.Asked);
    }

    [Fact]
    public void A_malformed_datagram_leaves_no_trace_but_a_count()
    {
        var node = Node.Connected();
        node.Timers.Clear();

        node.Says("06 0C 00 0001 00");
        Assert.Equal(["refuse Truncated"], node.Asked);
        Assert.Empty(node.Timers);

        // CONNECT is still taken for a repetition.
        node.Says(Clean);
        Assert.Equal(["send 030500"], node.Asked);
    }

    [Fact]
    public void An_encapsulated_message_is_the_fronts_business()
    {
        var node = new Node();

        node.Says("05 FE 01 C001 02 16");

        Assert.Equal(["refuse UnknownType"], node.Asked);
    }

    [Fact]
    public void Keep_alive_runs_from_connack_on()
    {
        var node = Node.Connected();

        Assert.Equal(TimeSpan.FromSeconds(90), node.Timers[PeerTimer.KeepAlive]);
    }

    [Fact]
    public void A_CONNECT_of_version_2_is_refused_without_an_answer_that_would_mean_nothing_to_it()
    {
        var node = new Node();

        node.Says("0E 01 01 1234 02 003C 0000 61626364"); // Flags, Packet Identifier, version, Keep Alive, Maximum Packet Size, ClientId.

        Assert.StartsWith("refuse", Assert.Single(node.Asked), StringComparison.Ordinal);
    }
}
