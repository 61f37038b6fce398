using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests;

/// <summary>The session that requests are carried out in, and how long an end point is remembered.</summary>
public sealed class SessionTests
{
    [Fact]
    public void Who_asks_first_gets_a_session_by_its_query_and_its_request_waits_for_it()
    {
        var device = new EndPoint();
        device.Asks("POST", "ps/a?c=dev1&u=joe&p=secret", "1");
        device.Asks("POST", "ps/b?c=dev1&u=joe&p=secret", "2");
        Assert.Equal(["connect «dev1»"], device.Asked);
        Assert.Equal(("joe", "secret", "CoAP"), (device.Request!.UserName, Encoding.UTF8.GetString(device.Request.Password!.Value.Span), device.Request.Protocol));

        device.BrokerAccepts();

        Assert.Equal(["publish a QoS 1 «1»", "publish b QoS 1 «2»"], device.Asked);
    }

    [Theory]
    [InlineData(ConnectRefusal.BadCredentials, "4.01"), InlineData(ConnectRefusal.Banned, "4.01"), InlineData(ConnectRefusal.ClientIdInvalid, "4.00"), InlineData(ConnectRefusal.QuotaExceeded, "5.03")]
    public void Who_gets_none_is_told_why_and_may_ask_again(ConnectRefusal refusal, string code)
    {
        var device = new EndPoint();
        device.Asks("POST", "ps/a");
        _ = device.Asked;

        device.BrokerRefuses(refusal);
        Assert.StartsWith($"ACK {code} AB", Assert.Single(device.Asked), StringComparison.Ordinal);

        device.Asks("POST", "ps/a");
        Assert.Equal(["connect «»"], device.Asked);
    }

    [Fact]
    public void Another_identity_gets_a_session_of_its_own()
    {
        var device = EndPoint.Connected();

        device.Asks("POST", "ps/a?c=other");

        Assert.Equal(["connect «other»"], device.Asked);
    }

    [Fact]
    public void What_the_session_was_asked_for_is_answered_after_its_end_and_copies_are_told_from_new_messages()
    {
        var device = EndPoint.Connected();
        device.Asks("GET", "ps/a", options: (OptionNumber.Observe, 0));
        device.BrokerSubscribed();
        device.BrokerDelivers("a", "1");
        device.Asks("POST", "ps/b", "2");
        device.Asks("GET", "ps/c", options: (OptionNumber.Observe, 0));
        for (var i = 0; i < 5; i++)
        {
            device.TimeIsUp(PeerTimer.Retry);
        }

        Assert.Equal("part", device.Asked[^1]);
        device.BrokerPublished();
        device.BrokerSubscribed();
        Assert.Equal(["ACK 2.04 AB", "ACK 5.03 AB «the session has ended»"], device.Asked);

        device.Says(EndPoint.Encode("POST", "ps/b", "2", confirmable: true, "AB", (ushort)(device.LastMessageId - 1)));
        Assert.Equal(["ACK 2.04 AB"], device.Asked);
        device.Asks("POST", "ps/b", "3");
        Assert.Equal(["connect «»"], device.Asked);
    }

    [Fact]
    public void Who_has_no_name_gives_its_session_back_when_nothing_goes_on_and_gets_another_for_the_next_request()
    {
        var device = new EndPoint();
        device.Asks("POST", "ps/a", "1");
        device.BrokerAccepts();
        _ = device.Asked;
        device.TimeIsUp(PeerTimer.Idle);
        Assert.Empty(device.Asked); // The broker has yet to answer.
        device.BrokerPublished();
        device.TimeIsUp(PeerTimer.Idle);
        Assert.Equal(["ACK 2.04 AB", "part"], device.Asked);
        Assert.Equal([PeerTimer.KeepAlive], device.Timers.Keys);

        device.Says(EndPoint.Encode("POST", "ps/a", "1", confirmable: true, "AB", device.LastMessageId));
        Assert.Equal(["ACK 2.04 AB"], device.Asked);
        device.Asks("GET", "ps/a", options: (OptionNumber.Observe, 0));
        device.BrokerAccepts();
        device.BrokerSubscribed();
        _ = device.Asked;
        device.TimeIsUp(PeerTimer.Idle);
        Assert.Empty(device.Asked); // It observes.
    }

    [Fact]
    public void Who_has_a_name_keeps_its_session_for_requests_come_to_it()
    {
        var device = new EndPoint();
        device.Asks("POST", "ps/a?c=dev1", "1");
        device.BrokerAccepts();

        Assert.DoesNotContain(PeerTimer.Idle, device.Timers);
    }

    [Fact]
    public void Who_is_quiet_for_long_is_forgotten_and_who_observes_is_not()
    {
        var device = EndPoint.Connected();
        Assert.Equal(247, device.Timers[PeerTimer.KeepAlive].TotalSeconds);
        device.TimeIsUp(PeerTimer.KeepAlive);
        Assert.Empty(device.Asked);

        device.Asks("GET", "ps/a", options: (OptionNumber.Observe, 0));
        device.BrokerSubscribed();
        _ = device.Asked;
        for (var i = 0; i < 20; i++)
        {
            device.TimeIsUp(PeerTimer.KeepAlive);
            Assert.Empty(device.Asked);
        }

        device.Asks("GET", "ps/a", options: (OptionNumber.Observe, 1));
        device.BrokerUnsubscribed();
        _ = device.Asked;
        device.TimeIsUp(PeerTimer.KeepAlive);
        device.TimeIsUp(PeerTimer.KeepAlive);

        Assert.Equal(["close"], device.Asked);
        Assert.Empty(device.Timers);
    }

    [Fact]
    public void Too_many_requests_at_a_time_are_refused_for_a_second()
    {
        var device = new EndPoint(new CoapOptions { MaxPending = 2 });
        device.Asks("POST", "ps/a");
        device.Asks("POST", "ps/a");
        _ = device.Asked;

        device.Asks("POST", "ps/a");

        Assert.Equal(["ACK 4.29 AB MaxAge=1 «too many requests at a time»"], device.Asked);
    }
}
