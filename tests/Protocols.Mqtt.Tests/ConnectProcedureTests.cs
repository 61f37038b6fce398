using Edge.Messaging;
using Edge.Messaging.Peers;
using static Edge.Protocols.Mqtt.Tests.Conversation;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>How a connection begins (MQTT 5.0 §3.1, §3.2; MQTT 3.1.1 §3.1, §3.2).</summary>
public sealed class ConnectProcedureTests
{
    /// <summary>Every CONNACK of MQTT 5 ends with these, as the options stand by default.</summary>
    private const string Limits = "21 0020 27 00100000 22 0010";

    [Theory]
    [InlineData(ConnectV31, "MQTT 3.1", "20 00 00")]
    [InlineData(ConnectV311, "MQTT 3.1.1", "20 00 00")]
    [InlineData(ConnectV5, "MQTT 5.0", "20 00 00 [" + Limits + "]")]
    public void Each_version_is_answered_in_its_own_form(string connect, string protocol, string connAck)
    {
        var talk = new Conversation();

        Assert.Equal(["connect"], talk.Says(connect));
        Assert.Equal((protocol, "c", "192.0.2.7:50123"), (talk.Request!.Protocol, talk.Request.ClientId, talk.Request.Peer));
        Assert.False(talk.Peer.WantsDelivery);

        Assert.Equal([Sent(connAck)], Accept(talk));
        Assert.True(talk.Peer.WantsDelivery);
    }

    [Fact, Spec("MQTT-3.2.2-2"), Spec("MQTT-3.2.2-3")]
    public void Session_Present_is_passed_on_but_to_MQTT_3_1()
    {
        Assert.Equal([Sent("20 01 00")], Accept(After(ConnectV311), present: true));
        Assert.Equal([Sent("20 01 00 [" + Limits + "]")], Accept(After(ConnectV5), present: true));
        Assert.Equal([Sent("20 00 00")], Accept(After(ConnectV31), present: true));
    }

    [Theory, Spec("MQTT-3.1.0-1")]
    [InlineData("30 \"t\" 'x'"), InlineData("C0"), InlineData("82 0001 \"t\" 00"), InlineData("E0"), InlineData("20 00 00"), InlineData("00"), InlineData("F0")]
    public void Anything_before_CONNECT_closes_the_connection(string packet) =>
        Assert.Equal(["refuse OutOfSequence", "close, will"], new Conversation().Says(packet));

    [Fact]
    public void No_octets_at_all_close_the_connection() =>
        Assert.Equal(["refuse OutOfSequence", "close, will"], new Conversation().SaysOctets([]));

    [Theory, Spec("MQTT-3.1.0-2")]
    [InlineData(ConnectV5, "E0 82 [1F \"OutOfSequence\"]")]
    [InlineData(ConnectV311, null)]
    public void A_second_CONNECT_is_a_protocol_error(string connect, string? disconnect)
    {
        var taken = Connected(connect).Says(connect);

        Assert.Equal(["refuse OutOfSequence", .. disconnect is null ? Array.Empty<string>() : [Sent(disconnect)], "close, will"], taken);
    }

    [Theory, Spec("MQTT-3.1.2-2")]
    [InlineData("10 \"MQTT\" 06 02 0000 00 \"c\"", "20 00 84 [1F \"UnsupportedVersion\"]")]
    [InlineData("10 \"MQTT\" 02 02 0000 \"c\"", "20 00 01")]
    [InlineData("10 \"MQTT\" 00 02 0000 \"c\"", "20 00 01")]
    [InlineData("10 \"MQTT\" 84 02 0000 \"c\"", "20 00 01")] // mosquitto's bridges; they try again without the bit
    [InlineData("10 \"MQIsdp\" 83 02 0000 \"c\"", "20 00 01")]
    [InlineData("10 \"HTTP\" 04 02 0000 \"c\"", "20 00 01")]
    public void A_version_that_is_not_spoken_is_refused(string connect, string connAck) =>
        Assert.Equal(["refuse UnsupportedVersion", Sent(connAck), "close"], new Conversation().Says(connect));

    [Theory]
    [InlineData("10 \"MQTT\" 05 03 0000 00 \"c\"", "ReservedValue", "20 00 81 [1F \"ReservedValue\"]")]
    [InlineData("10 \"MQTT\" 05 02 0000 [21 0000] \"c\"", "InvalidProperty", "20 00 82 [1F \"InvalidProperty\"]")]
    [InlineData("10 \"MQTT\" 05 06 0000 00 \"c\" 00 \"a/#\" \"x\"", "InvalidTopic", "20 00 90 [1F \"InvalidTopic\"]")]
    [InlineData("10 \"MQTT\" 05 02 0000 00 \"c\" 00", "LengthMismatch", "20 00 81 [1F \"LengthMismatch\"]")]
    public void A_malformed_CONNECT_of_MQTT_5_is_refused_with_the_reason(string connect, string error, string connAck) =>
        Assert.Equal([$"refuse {error}", Sent(connAck), "close"], new Conversation().Says(connect));

    [Theory, Spec("MQTT-3.1.4-1")]
    [InlineData("10 \"MQTT\" 04 03 0000 \"c\"", "ReservedValue")]
    [InlineData("10 \"MQTT\" 04 02 0000 \"c\" 00", "LengthMismatch")]
    public void A_malformed_CONNECT_before_MQTT_5_closes_the_connection(string connect, string error) =>
        Assert.Equal([$"refuse {error}", "close, will"], new Conversation().Says(connect));

    [Fact]
    public void A_CONNECT_larger_than_allowed_closes_the_connection()
    {
        var header = Hex.Parse("10 FFFFFF7F");

        Assert.Equal(["refuse TooLarge", "close, will"], new Conversation().SaysOctets(header));
    }

    [Fact]
    public void All_terms_of_CONNECT_reach_the_broker()
    {
        var talk = After("10 \"MQTT\" 05 EE 000A [11 0000000A 21 0014] \"cliënt\" [18 00000005 02 0000003C 03 \"t\" 26 \"k\" \"2\" 26 \"k\" \"1\"] \"w\" \"bye\" \"u\" \"p\"");

        var request = talk.Request!;
        Assert.Equal("cliënt", request.ClientId);
        Assert.True(request.CleanStart);
        Assert.Equal(TimeSpan.FromSeconds(10), request.SessionExpiry);
        Assert.Equal(20, request.ReceiveMaximum);
        Assert.Equal("u", request.UserName);
        Assert.Equal("p"u8, request.Password!.Value.Span);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)), (request.Will!.Delay, request.Will.ExpiryInterval));
        Assert.Equal(("w", QualityOfService.AtLeastOnce, true, "t"),
            (request.Will.Message.Topic.ToString(), request.Will.Message.Qos, request.Will.Message.Retain, request.Will.Message.Properties!.ContentType));
        Assert.Equal([new("k", "2"), new("k", "1")], request.Will.Message.Properties!.UserProperties); // [MQTT-3.1.3-10]
        Assert.Equal("bye"u8, request.Will.Message.Payload.Span);
    }

    [Fact]
    public void What_CONNECT_does_not_say_is_not_made_up()
    {
        var request = After("10 \"MQTT\" 05 00 0000 00 \"c\"").Request!;

        Assert.False(request.CleanStart);
        Assert.Equal(TimeSpan.Zero, request.SessionExpiry);
        Assert.Equal(65_535, request.ReceiveMaximum);
        Assert.Null(request.Will);
        Assert.Null(request.UserName);
        Assert.Null(request.Password);
    }

    [Fact]
    public void MQTT_3_1_may_set_the_flag_of_a_user_name_that_is_missing() =>
        Assert.Null(After("10 \"MQIsdp\" 03 C2 0000 \"c\"").Request!.UserName);

    [Theory, Spec("3.1.1 MQTT-3.1.3-8")]
    [InlineData("10 \"MQIsdp\" 03 02 0000 \"\"", "20 00 02")]
    [InlineData("10 \"MQTT\" 04 00 0000 \"\"", "20 00 02")]
    public void An_empty_ClientId_is_refused_where_its_version_says_so(string connect, string connAck) =>
        Assert.Equal([Sent(connAck), "close"], new Conversation().Says(connect));

    [Fact, Spec("MQTT-3.1.3-6"), Spec("MQTT-3.1.3-7"), Spec("MQTT-3.2.2-16")]
    public void An_empty_ClientId_gets_one_from_the_broker()
    {
        Assert.Equal([Sent("20 00 00 [12 \"edge-1\" " + Limits + "]")], Accept(After("10 \"MQTT\" 05 00 0000 00 \"\""), clientId: "edge-1"));
        Assert.Equal([Sent("20 00 00")], Accept(After("10 \"MQTT\" 04 02 0000 \"\""), clientId: "edge-1"));
    }

    [Fact]
    public void MQTT_3_1_may_use_more_than_23_characters() =>
        Assert.Equal(["connect"], new Conversation().Says($"10 \"MQIsdp\" 03 02 0000 \"{new string('x', 100)}\""));

    [Theory]
    [InlineData("10 \"MQTT\" 04 00 0000 \"c\"", 7 * 86_400)]
    [InlineData("10 \"MQIsdp\" 03 00 0000 \"c\"", 7 * 86_400)]
    [InlineData(ConnectV311, 0)]
    [InlineData("10 \"MQTT\" 05 00 0000 [11 0000003C] \"c\"", 60)]
    [InlineData("10 \"MQTT\" 05 00 0000 [11 FFFFFFFF] \"c\"", 7 * 86_400)]
    public void The_session_is_kept_as_long_as_asked_and_no_longer_than_allowed(string connect, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), After(connect).Request!.SessionExpiry);

    [Fact]
    public void For_ever_is_granted_where_nothing_limits_it()
    {
        var talk = After("10 \"MQTT\" 05 00 0000 [11 FFFFFFFF] \"c\"", new MqttOptions { MaxSessionExpiry = TimeSpan.MaxValue });

        Assert.Equal(TimeSpan.MaxValue, talk.Request!.SessionExpiry);
        Assert.Equal([Sent("20 00 00 [" + Limits + "]")], Accept(talk, expiry: TimeSpan.MaxValue));
    }

    [Fact]
    public void CONNACK_tells_when_less_is_granted_than_asked()
    {
        Assert.Equal(
            [Sent("20 00 00 [11 00093A80 " + Limits + "]")],
            Accept(After("10 \"MQTT\" 05 00 0000 [11 FFFFFFFF] \"c\""), expiry: TimeSpan.FromDays(7)));
        Assert.Equal(
            [Sent("20 00 00 [" + Limits + "]")],
            Accept(After("10 \"MQTT\" 05 00 0000 [11 0000003C] \"c\""), expiry: TimeSpan.FromSeconds(60)));
    }

    [Theory, Spec("MQTT-3.1.2-22")]
    [InlineData(60, 0, 90)]
    [InlineData(1, 0, 1.5)]
    [InlineData(65_535, 0, 98_302.5)]
    [InlineData(120, 60, 90)]
    [InlineData(0, 60, 90)]
    [InlineData(30, 60, 45)]
    public void Silence_is_allowed_for_one_and_a_half_times_the_Keep_Alive(int keepAlive, int serverKeepAlive, double seconds)
    {
        var talk = After($"10 \"MQTT\" 05 02 {keepAlive:X4} 00 \"c\"", new MqttOptions { ServerKeepAlive = TimeSpan.FromSeconds(serverKeepAlive) });
        var connAck = Assert.Single(Accept(talk));

        Assert.Equal(TimeSpan.FromSeconds(seconds), talk.Timers[PeerTimer.KeepAlive]);
        var isOverruled = serverKeepAlive > 0 && (keepAlive == 0 || keepAlive > serverKeepAlive);
        Assert.Equal(Sent($"20 00 00 [{(isOverruled ? $"13 {serverKeepAlive:X4}" : "")} {Limits}]"), connAck);
    }

    [Theory, Spec("MQTT-3.1.2-28")]
    [InlineData("19 01", "replies/here", "1A \"replies/here\"")]
    [InlineData("19 01", "", "")]
    [InlineData("19 00", "replies/here", "")]
    [InlineData("", "replies/here", "")]
    public void Response_Information_is_for_those_who_ask(string asked, string configured, string told)
    {
        var talk = After($"10 \"MQTT\" 05 02 0000 [{asked}] \"c\"", new MqttOptions { ResponseInformation = configured });

        Assert.Equal([Sent($"20 00 00 [{Limits} {told}]")], Accept(talk));
    }

    [Fact]
    public void Keep_Alive_0_turns_it_off_and_MQTT_3_is_not_overruled()
    {
        var talk = Connected(ConnectV311, new MqttOptions { ServerKeepAlive = TimeSpan.FromSeconds(60) });
        talk.Says("C0");

        Assert.Empty(talk.Timers);
    }

    [Fact]
    public void A_client_that_does_not_say_CONNECT_in_time_is_let_go()
    {
        var talk = new Conversation(new MqttOptions { ConnectTimeout = TimeSpan.FromSeconds(3) });
        Assert.Equal(TimeSpan.FromSeconds(3), talk.Timers[PeerTimer.Progress]);

        talk.Peer.OnTimer(PeerTimer.Progress, talk);

        Assert.Equal(["close, will"], talk.Taken());
    }

    [Fact]
    public void CONNECT_stops_the_clock_that_waits_for_it() => Assert.Empty(After(ConnectV311).Timers);

    [Theory, Spec("MQTT-3.2.2-6")]
    [InlineData(ConnectRefusal.ClientIdInvalid, "20 00 85 00", "20 00 02")]
    [InlineData(ConnectRefusal.BadCredentials, "20 00 86 00", "20 00 04")]
    [InlineData(ConnectRefusal.NotAuthorized, "20 00 87 00", "20 00 05")]
    [InlineData(ConnectRefusal.Banned, "20 00 8A 00", "20 00 05")]
    [InlineData(ConnectRefusal.QuotaExceeded, "20 00 97 00", "20 00 03")]
    [InlineData(ConnectRefusal.Unavailable, "20 00 88 00", "20 00 03")]
    public void The_brokers_refusal_is_told_in_the_words_of_the_version(ConnectRefusal refusal, string connAckV5, string connAckV3)
    {
        foreach (var (connect, connAck) in new[] { (ConnectV5, connAckV5), (ConnectV311, connAckV3), (ConnectV31, connAckV3) })
        {
            var talk = After(connect);
            talk.Peer.OnConnected(new ConnectOutcome(refusal, null, SessionPresent: false), talk);

            Assert.Equal([Sent(connAck), "close"], talk.Taken());
        }
    }

    [Theory, Spec("MQTT-3.1.4-6"), Spec("3.1.1 MQTT-3.1.4-5")]
    [InlineData("10 \"MQTT\" 05 03 0000 00 \"c\"")]
    [InlineData("10 \"MQTT\" 06 02 0000 00 \"c\"")]
    [InlineData("10 \"MQTT\" 04 00 0000 \"\"")]
    [InlineData("10 \"MQTT\" 04 03 0000 \"c\"")]
    [InlineData(ConnectV311, true)]
    [InlineData(ConnectV5, true)]
    public void Nothing_is_done_of_what_comes_behind_a_refused_CONNECT(string connect, bool isRefusedByTheBroker = false)
    {
        var talk = new Conversation();
        talk.Says(connect);
        if (isRefusedByTheBroker)
        {
            talk.Peer.OnConnected(new ConnectOutcome(ConnectRefusal.NotAuthorized, null, SessionPresent: false), talk);
        }

        talk.Taken();
        Assert.True(talk.IsClosed);
        Assert.Empty(talk.Says("31 \"t\" 00 'x'"));
        Assert.Empty(talk.Says("82 0001 00 \"t\" 00"));
        Assert.Empty(talk.Says(connect));
    }

    [Fact]
    public void The_options_are_announced()
    {
        var talk = After(ConnectV5, new MqttOptions { ReceiveMaximum = 7, MaxPacketSize = 4_096, TopicAliasMaximum = 0 });

        Assert.Equal([Sent("20 00 00 [21 0007 27 00001000]")], Accept(talk));
    }

    [Fact, Spec("MQTT-3.1.2-24")]
    public void A_client_that_cannot_take_the_CONNACK_gets_none() =>
        Assert.Equal(["close, will"], Accept(After("10 \"MQTT\" 05 02 0000 [27 00000005] \"c\"")));

    [Fact, Spec("MQTT-3.2.2-19")]
    public void The_reason_in_words_is_left_out_of_a_CONNACK_that_the_client_could_not_take()
    {
        var talk = new Conversation();
        talk.Says("10 \"MQTT\" 05 02 0000 [15 \"M\" 27 0000000A] \"c\"");
        talk.Authenticates(AuthenticationOutcome.Continue);

        Assert.Equal(["refuse OutOfSequence", Sent("20 00 82 00"), "close"], talk.Says("C0"));
    }

    [Fact]
    public void What_comes_while_the_broker_decides_is_out_of_turn() =>
        Assert.Equal(["refuse OutOfSequence", "close, will"], After(ConnectV311).Says("C0"));

    [Fact]
    public void The_broker_is_told_of_the_clients_certificate()
    {
        var certificate = new ClientCertificate { DistinguishedName = "CN=press-7", CommonName = "press-7", AlternativeNames = ["press-7.example"] };
        var talk = new Conversation(certificate: certificate);

        talk.Says(Conversation.ConnectV5);

        Assert.Same(certificate, talk.Request!.Certificate);
    }

    private static Conversation After(string connect, MqttOptions? options = null)
    {
        var talk = new Conversation(options);
        Assert.Equal(["connect"], talk.Says(connect));
        return talk;
    }

    private static string[] Accept(Conversation talk, string clientId = "c", TimeSpan expiry = default, bool present = false)
    {
        talk.Peer.OnConnected(new ConnectOutcome(ConnectRefusal.None, new FakeSession(clientId, expiry), present), talk);
        return talk.Taken();
    }
}
