using Edge.Messaging;
using Edge.Messaging.Peers;
using static Edge.Protocols.Mqtt.Tests.Conversation;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>Enhanced authentication (MQTT 5.0 §3.15, §4.12).</summary>
public sealed class AuthenticationProcedureTests
{
    private const string Connect = "10 \"MQTT\" 05 02 003C [15 \"M\" 16 \"one\"] \"c\"";
    private const string Limits = "21 0020 27 00100000 22 0010";

    [Fact, Spec("MQTT-4.12.0-2"), Spec("MQTT-4.12.0-3"), Spec("MQTT-4.12.0-5")]
    public void A_client_proves_who_it_is_before_it_is_connected()
    {
        var talk = new Conversation();

        Assert.Equal(["authenticate c M 'one'"], talk.Says(Connect));
        Assert.False(talk.Peer.WantsDelivery);
        Assert.Equal([Sent("F0 18 [15 \"M\" 16 \"two\"]")], talk.Authenticates(AuthenticationOutcome.Continue, "two"));
        Assert.Equal(["go on with 'three'"], talk.Says("F0 18 [15 \"M\" 16 \"three\"]"));
        Assert.Equal(["connect"], talk.Authenticates(AuthenticationOutcome.Success, "four"));
        Assert.Equal(("c", "MQTT 5.0"), (talk.Request!.ClientId, talk.Request.Protocol));

        Assert.Equal([Sent($"20 00 00 [15 \"M\" 16 \"four\" {Limits}]")], Accept(talk));
        Assert.True(talk.Peer.WantsDelivery);
    }

    [Fact]
    public void A_method_may_need_no_data_and_no_challenge()
    {
        var talk = new Conversation();

        Assert.Equal(["authenticate c M ''"], talk.Says("10 \"MQTT\" 05 02 0000 [15 \"M\"] \"c\""));
        talk.Authenticates(AuthenticationOutcome.Success);

        Assert.Equal([Sent($"20 00 00 [15 \"M\" {Limits}]")], Accept(talk));
    }

    [Theory, Spec("MQTT-4.12.0-1"), Spec("MQTT-4.12.0-4")]
    [InlineData(AuthenticationOutcome.MethodUnknown, "8C")]
    [InlineData(AuthenticationOutcome.Refused, "87")]
    [InlineData(AuthenticationOutcome.Unavailable, "89")]
    public void A_client_that_is_refused_is_told_why(AuthenticationOutcome outcome, string reason)
    {
        var first = new Conversation();
        first.Says(Connect);
        Assert.Equal([Sent($"20 00 {reason} 00"), "close"], first.Authenticates(outcome));

        var later = Challenged();
        later.Says("F0 18 [15 \"M\" 16 \"three\"]");
        Assert.Equal([Sent($"20 00 {reason} 00"), "close"], later.Authenticates(outcome));
    }

    [Theory, Spec("MQTT-3.1.2-30")]
    [InlineData("C0"), InlineData("30 \"t\" 00 'x'"), InlineData("82 0001 00 \"t\" 00"), InlineData(Connect)]
    [InlineData("F0 19 [15 \"M\"]"), InlineData("F0 00 [15 \"M\"]"), InlineData("F0"), InlineData("F0 18 [15 \"N\"]")]
    public void Anything_but_the_clients_turn_is_a_protocol_error(string packet)
    {
        Assert.Equal(["refuse OutOfSequence", Sent("20 00 82 [1F \"OutOfSequence\"]"), "close"], Challenged().Says(packet));
    }

    [Fact]
    public void Nor_may_a_client_speak_while_it_is_to_listen()
    {
        var talk = new Conversation();
        talk.Says(Connect);

        Assert.Equal(["refuse OutOfSequence", Sent("20 00 82 [1F \"OutOfSequence\"]"), "close"], talk.Says("F0 18 [15 \"M\" 16 \"three\"]"));
        Assert.Empty(talk.Authenticates(AuthenticationOutcome.Continue, "two"));
    }

    [Fact, Spec("MQTT-3.1.2-30")]
    public void But_it_may_go() => Assert.Equal(["close"], Challenged().Says("E0"));

    [Theory]
    [InlineData("F0 18"), InlineData("F0 18 [16 \"three\"]")]
    public void AUTH_always_names_its_method(string packet)
    {
        Assert.Equal(["refuse InvalidProperty", Sent("20 00 82 [1F \"InvalidProperty\"]"), "close"], Challenged().Says(packet));
        Assert.Equal(["refuse InvalidProperty", Sent("E0 82 [1F \"InvalidProperty\"]"), "close, will"], Authenticated().Says(packet));
    }

    [Fact]
    public void A_client_that_does_not_answer_in_time_is_refused()
    {
        var talk = new Conversation(new MqttOptions { ConnectTimeout = TimeSpan.FromSeconds(3) });
        talk.Says(Connect);
        Assert.Empty(talk.Timers); // The broker may take its time.

        talk.Authenticates(AuthenticationOutcome.Continue, "two");
        Assert.Equal(TimeSpan.FromSeconds(3), talk.Timers[PeerTimer.Progress]);

        talk.Peer.OnTimer(PeerTimer.Progress, talk);
        Assert.Equal([Sent("20 00 87 00"), "close"], talk.Taken());
    }

    [Fact]
    public void An_answer_stops_the_clock()
    {
        var talk = Challenged();
        talk.Says("F0 18 [15 \"M\" 16 \"three\"]");

        Assert.Empty(talk.Timers);
    }

    [Fact, Spec("MQTT-4.12.1-1")]
    public void A_connected_client_proves_once_more_who_it_is_while_everything_goes_on()
    {
        var talk = Authenticated();

        Assert.Equal(["reauthenticate M 'five'"], talk.Says("F0 19 [15 \"M\" 16 \"five\"]"));
        Assert.Equal([Sent("F0 18 [15 \"M\" 16 \"six\"]")], talk.Authenticates(AuthenticationOutcome.Continue, "six"));
        Assert.Equal([Sent("D0")], talk.Says("C0"));
        Assert.True(talk.Peer.WantsDelivery);
        Assert.Equal(["go on with 'seven'"], talk.Says("F0 18 [15 \"M\" 16 \"seven\"]"));
        Assert.Equal([Sent("F0 00 [15 \"M\" 16 \"eight\"]")], talk.Authenticates(AuthenticationOutcome.Success, "eight"));

        Assert.Equal(["reauthenticate M ''"], talk.Says("F0 19 [15 \"M\"]"));
    }

    [Theory, Spec("MQTT-4.12.1-2")]
    [InlineData(AuthenticationOutcome.MethodUnknown, "8C")]
    [InlineData(AuthenticationOutcome.Refused, "87")]
    [InlineData(AuthenticationOutcome.Unavailable, "89")]
    public void A_client_that_does_not_prove_it_again_is_let_go(AuthenticationOutcome outcome, string reason)
    {
        var talk = Authenticated();
        talk.Says("F0 19 [15 \"M\" 16 \"five\"]");

        Assert.Equal([Sent($"E0 {reason}"), "close, will"], talk.Authenticates(outcome));
    }

    [Fact]
    public void Nor_does_a_connected_client_keep_the_server_waiting()
    {
        var talk = Authenticated();
        talk.Says("F0 19 [15 \"M\" 16 \"five\"]");
        talk.Authenticates(AuthenticationOutcome.Continue, "six");

        talk.Peer.OnTimer(PeerTimer.Progress, talk);

        Assert.Equal([Sent("E0 87"), "close, will"], talk.Taken());
    }

    [Theory, Spec("MQTT-4.12.1-1")]
    [InlineData("F0 19 [15 \"N\" 16 \"five\"]")] // another method
    [InlineData("F0 18 [15 \"M\" 16 \"five\"]")] // nothing to go on with
    [InlineData("F0 00 [15 \"M\" 16 \"five\"]")] // only a server says so
    public void A_wrong_AUTH_of_a_connected_client_is_a_protocol_error(string packet) => Assert.Equal(
        ["refuse OutOfSequence", Sent("E0 82 [1F \"OutOfSequence\"]"), "close, will"],
        Authenticated().Says(packet));

    [Theory]
    [InlineData(true), InlineData(false)]
    public void One_exchange_at_a_time(bool isChallenged)
    {
        var talk = Authenticated();
        talk.Says("F0 19 [15 \"M\" 16 \"five\"]");
        if (isChallenged)
        {
            talk.Authenticates(AuthenticationOutcome.Continue, "six");
        }

        Assert.Equal(
            ["refuse OutOfSequence", Sent("E0 82 [1F \"OutOfSequence\"]"), "close, will"],
            talk.Says("F0 19 [15 \"M\" 16 \"five\"]"));
    }

    [Theory, Spec("MQTT-4.12.0-6"), Spec("MQTT-4.12.0-7")]
    [InlineData("F0 19 [15 \"M\"]"), InlineData("F0 18 [15 \"M\"]")]
    public void A_client_that_named_no_method_may_not_send_AUTH(string packet)
    {
        Assert.Equal(["refuse OutOfSequence", Sent("E0 82 [1F \"OutOfSequence\"]"), "close, will"], Connected().Says(packet));
        Assert.Equal(["refuse UnknownType", "close, will"], Connected(ConnectV311).Says("F0"));
        Assert.Equal(["refuse UnknownType", "close, will"], Connected(ConnectV31).Says(packet));
    }

    [Fact]
    public void A_client_that_cannot_take_a_challenge_is_let_go()
    {
        var talk = new Conversation();
        talk.Says("10 \"MQTT\" 05 02 0000 [15 \"M\" 27 0000000A] \"c\"");

        Assert.Equal(["close, will"], talk.Authenticates(AuthenticationOutcome.Continue, "a long challenge"));
    }

    private static Conversation Challenged()
    {
        var talk = new Conversation();
        talk.Says(Connect);
        talk.Authenticates(AuthenticationOutcome.Continue, "two");
        return talk;
    }

    private static Conversation Authenticated()
    {
        var talk = Challenged();
        talk.Says("F0 18 [15 \"M\" 16 \"three\"]");
        talk.Authenticates(AuthenticationOutcome.Success, "four");
        Accept(talk);
        return talk;
    }

    private static string[] Accept(Conversation talk)
    {
        talk.Peer.OnConnected(new ConnectOutcome(ConnectRefusal.None, new FakeSession("c", TimeSpan.Zero), SessionPresent: false), talk);
        return talk.Taken();
    }
}
