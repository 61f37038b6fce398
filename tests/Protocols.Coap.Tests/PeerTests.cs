using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Messages and their exchanges (RFC 7252 §4), and topics as resources.</summary>
public sealed class PeerTests
{
    private readonly EndPoint _device = EndPoint.Connected();

    [Theory]
    [InlineData("40 00 1234", "RST"), InlineData("49 01 1234 010203040506070809", "RST"), InlineData("40 E0 1234", "RST"), InlineData("40 45 1234", "RST")]
    [InlineData("50 E0 1234", null), InlineData("50 45 1234", null), InlineData("80 01 1234", null), InlineData("40 01", null), InlineData("60 00 1234", null), InlineData("70 00 1234", null)]
    public void What_is_no_request_is_reset_when_it_wants_an_answer_and_else_ignored(string frame, string? answer)
    {
        _device.Says(frame);

        Assert.Equal(answer, _device.Asked.FirstOrDefault(asked => !asked.StartsWith("refuse", StringComparison.Ordinal)));
        Assert.All(_device.Sent, sent => Assert.InRange(sent.Length, 1, 60));
    }

    [Theory]
    [InlineData("POST", "ps/a/b", true, "publish a/b QoS 1 «hi»", "ACK 2.04 AB"), InlineData("PUT", "ps/a?q=0", true, "publish a QoS 0 «hi»", "ACK 2.04 AB")]
    [InlineData("POST", "ps/a?r=true", false, "publish a QoS 0 retain «hi»", "NON 2.04 AB"), InlineData("POST", "ps/a?qos=1&retain", false, "publish a QoS 1 retain «hi»", "NON 2.04 AB")]
    [InlineData("DELETE", "ps/a", true, "publish a QoS 1 retain «»", "ACK 2.02 AB")]
    public void A_request_publishes_and_is_answered_when_the_message_is_kept(string method, string uri, bool confirmable, string published, string answer)
    {
        _device.Asks(method, uri, "hi", confirmable);
        Assert.Equal([published], _device.Asked);

        _device.BrokerPublished();

        Assert.Equal([answer], _device.Asked);
    }

    [Fact]
    public void At_QoS_2_the_exchange_with_the_broker_is_over_before_the_answer()
    {
        _device.Asks("POST", "ps/a?q=2", "hi");
        _device.BrokerPublished();
        Assert.Equal("release 3", _device.Asked[^1]);

        _device.BrokerReleased();

        Assert.Equal(["ACK 2.04 AB"], _device.Asked);
    }

    [Fact]
    public void An_expiry_and_a_Content_Format_go_along()
    {
        _device.Asks("POST", "ps/a?expiry=60", "{}", options: (OptionNumber.ContentFormat, 50));

        Assert.Equal(_device.Clock.GetUtcNow().AddSeconds(60), _device.Published!.ExpiresAt);
        Assert.Equal(("application/json", null), (_device.Published.Properties!.ContentType, _device.Published.Properties.PayloadIsText));
    }

    [Theory]
    [InlineData(PublishOutcome.NotAuthorized, "4.01"), InlineData(PublishOutcome.TopicInvalid, "4.00"), InlineData(PublishOutcome.QuotaExceeded, "4.29")]
    [InlineData(PublishOutcome.TooLarge, "4.13"), InlineData(PublishOutcome.Detached, "5.03"), InlineData(PublishOutcome.NoMatchingSubscribers, "2.04")]
    public void What_the_broker_says_is_told(PublishOutcome outcome, string code)
    {
        _device.Asks("POST", "ps/a");
        _device.BrokerPublished(outcome);

        Assert.StartsWith($"ACK {code} AB", _device.Asked[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "other", "4.04"), InlineData("FETCH", "ps/a", "4.05"), InlineData("PATCH", "ps/a", "4.05"), InlineData("POST", ".well-known/core", "4.05"), InlineData("POST", "ps", "4.00")]
    [InlineData("POST", "ps/a/+", "4.00"), InlineData("GET", "ps/#", "4.00"), InlineData("POST", "ps/a?q=3", "4.00"), InlineData("POST", "ps/a?expiry=soon", "4.00")]
    public void What_makes_no_sense_is_refused_in_words(string method, string uri, string code)
    {
        _device.Asks(method, uri, "x");

        var answer = Assert.Single(_device.Asked);
        Assert.StartsWith($"ACK {code} AB", answer, StringComparison.Ordinal);
        Assert.EndsWith("»", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_gets_the_same_answer_and_is_published_once()
    {
        var request = EndPoint.Encode("POST", "ps/a", "hi", confirmable: true, "AB", 77);
        _device.Says(request);
        _device.Says(request);
        Assert.Equal(["publish a QoS 1 «hi»"], _device.Asked);
        _device.BrokerPublished();
        var first = _device.Asked;

        _device.Says(request);

        Assert.Equal(first, _device.Asked);
        Assert.Equal(_device.Sent[^2], _device.Sent[^1]);
    }

    [Fact]
    public void When_the_broker_takes_long_the_request_is_acknowledged_and_the_answer_comes_by_itself_until_it_is()
    {
        var request = EndPoint.Encode("POST", "ps/a", "hi", confirmable: true, "AB", 77);
        _device.Says(request);
        _device.TimeIsUp(PeerTimer.Progress);
        Assert.Equal("ACK", _device.Asked[^1]);
        _device.Says(request);
        Assert.Equal(["ACK"], _device.Asked);

        _device.BrokerPublished();
        Assert.Equal(["CON 2.04 AB"], _device.Asked);
        var waits = new List<TimeSpan> { _device.Timers[PeerTimer.Retry] };
        for (var i = 0; i < 4; i++)
        {
            _device.TimeIsUp(PeerTimer.Retry);
            Assert.Equal(["CON 2.04 AB"], _device.Asked);
            Assert.Equal(_device.Sent[^2], _device.Sent[^1]);
            waits.Add(_device.Timers[PeerTimer.Retry]);
        }

        Assert.InRange(waits[0].TotalSeconds, 2, 3);
        Assert.Equal([1, 2, 4, 8, 16], waits.Select(wait => (int)Math.Round(wait / waits[0])));
        _device.Answers(CoapType.Acknowledgement);
        Assert.DoesNotContain(PeerTimer.Retry, _device.Timers);
        Assert.Empty(_device.Asked);
    }

    [Theory, InlineData(2u, false), InlineData(8u, true)]
    public void A_response_of_no_interest_is_not_sent(uint noResponse, bool isSent)
    {
        _device.Asks("POST", "ps/a", confirmable: false, options: (OptionNumber.NoResponse, noResponse));
        _device.BrokerPublished();
        Assert.Equal(isSent, _device.Asked.Contains("NON 2.04 AB"));

        _device.Asks("POST", "ps/a", options: (OptionNumber.NoResponse, noResponse));
        _device.BrokerPublished();
        Assert.Equal(isSent ? "ACK 2.04 AB" : "ACK", _device.Asked[^1]);
    }

    [Fact]
    public void GET_reads_what_is_retained()
    {
        _device.Asks("GET", "ps/a");
        Assert.Equal(["ACK 4.04 AB «nothing is retained»"], _device.Asked);
        _device.Retained["a"] = EndPoint.Message("a", "21.5", "application/json") with { ExpiresAt = _device.Clock.GetUtcNow().AddSeconds(30) };

        _device.Asks("GET", "ps/a");
        Assert.Equal(["ACK 2.05 AB ETag=* ContentFormat=50 MaxAge=30 «21.5»"], _device.Asked);
        _device.Asks("GET", "ps/a", options: (OptionNumber.Accept, 60));
        Assert.Equal(["ACK 4.06 AB"], _device.Asked);

        _device.Denied.Add("a");
        _device.Asks("GET", "ps/a");
        Assert.Equal(["ACK 4.01 AB «not permitted»"], _device.Asked);
    }

    [Fact]
    public void Who_has_the_representation_is_told_that_it_is_valid_and_may_make_a_request_depend_on_it()
    {
        _device.Retained["a"] = EndPoint.Message("a", "21.5");
        _device.Asks("GET", "ps/a");
        _ = _device.Asked;
        Assert.True(CoapMessage.TryParse(_device.Sent[^1], out var message, out _));
        var options = message.Options;
        Assert.True(options.MoveNext());
        var tag = options.Current.Value.ToArray();

        _device.Says([0x41, 0x01, 0, 0x77, 0xAB, 0x48, .. tag, 0x72, (byte)'p', (byte)'s', 0x01, (byte)'a']);
        Assert.Equal(["ACK 2.03 AB ETag=* MaxAge=0"], _device.Asked);
        _device.Says([0x41, 0x03, 0, 0x78, 0xAB, 0x18, .. tag, 0xA2, (byte)'p', (byte)'s', 0x01, (byte)'a', 0xFF, (byte)'1']);
        Assert.Equal(["publish a QoS 1 «1»"], _device.Asked);
        _device.BrokerPublished();
        _device.Retained["a"] = EndPoint.Message("a", "22");
        _device.Says([0x41, 0x03, 0, 0x79, 0xAB, 0x18, .. tag, 0xA2, (byte)'p', (byte)'s', 0x01, (byte)'a', 0xFF, (byte)'1']);
        Assert.Equal("ACK 4.12 AB", _device.Asked[^1]);
        _device.Asks("PUT", "ps/a", "x", options: (OptionNumber.IfNoneMatch, 0));
        Assert.Equal(["ACK 4.12 AB"], _device.Asked);
    }

    [Fact]
    public void A_body_in_blocks_is_published_when_it_is_whole()
    {
        var body = new string('x', 100);
        _device.Asks("POST", "ps/a", body[..64], options: (OptionNumber.Block1, 0x0A));
        Assert.Equal(["ACK 2.31 AB Block1=10"], _device.Asked);

        _device.Asks("POST", "ps/a", body[64..], options: (OptionNumber.Block1, 0x12));
        Assert.Equal([$"publish a QoS 1 «{body}»"], _device.Asked);
        _device.BrokerPublished();

        Assert.Equal(["ACK 2.04 AB Block1=18"], _device.Asked);
        _device.Asks("POST", "ps/a", body[64..], options: (OptionNumber.Block1, 0x12));
        Assert.Equal(["ACK 4.08 AB Block1=18 «blocks are missing»"], _device.Asked);
    }

    [Fact]
    public void A_body_that_is_too_long_is_refused_with_the_longest_that_is_not()
    {
        var device = EndPoint.Connected(new CoapOptions { MaxBlockBody = 100 });

        device.Asks("POST", "ps/a", new string('x', 64), options: (OptionNumber.Block1, 0x0A));
        device.Asks("POST", "ps/a", new string('x', 64), options: (OptionNumber.Block1, 0x1A));
        device.Asks("POST", "ps/b", new string('x', 16), options: [(OptionNumber.Block1, 0x08), (OptionNumber.Size1, 101)]);

        Assert.Equal(["ACK 2.31 AB Block1=10", "ACK 4.13 AB Block1=26 Size1=100 «too long»", "ACK 4.13 AB Block1=8 Size1=100 «too long»"], device.Asked);
    }

    [Fact]
    public void Bodies_sent_at_the_same_time_are_told_apart_by_their_tags()
    {
        foreach (var tag in (uint[])[1, 2])
        {
            _device.Asks("POST", "ps/a", new string((char)('0' + tag), 16), options: [(OptionNumber.Block1, 0x08), (OptionNumber.RequestTag, tag)]);
        }

        _device.Asks("POST", "ps/a", "end of 1", options: [(OptionNumber.Block1, 0x10), (OptionNumber.RequestTag, 1)]);
        _device.Asks("POST", "ps/a", "end of 2", options: [(OptionNumber.Block1, 0x10), (OptionNumber.RequestTag, 2)]);

        Assert.Equal(["publish a QoS 1 «1111111111111111end of 1»", "publish a QoS 1 «2222222222222222end of 2»"], _device.Asked[2..]);
    }

    [Fact]
    public void Bodies_of_all_end_points_share_their_room_and_give_it_back()
    {
        var one = EndPoint.Connected(new CoapOptions { MaxBlockBytesTotal = 100 });
        var other = new EndPoint(one);
        one.Asks("POST", "ps/a", new string('x', 64), options: (OptionNumber.Block1, 0x0A));
        other.Asks("POST", "ps/a", new string('x', 64), options: (OptionNumber.Block1, 0x0A));
        Assert.Equal(["ACK 2.31 AB Block1=10"], one.Asked);
        Assert.Equal(["ACK 5.03 AB MaxAge=5 Block1=10 «no room for more at present»"], other.Asked);

        one.TimeIsUp(PeerTimer.KeepAlive);
        Assert.Equal(64, one.Bodies.Held);
        one.TimeIsUp(PeerTimer.KeepAlive); // Nothing came for as long as a Message ID means something.
        Assert.Equal(0, one.Bodies.Held);

        other.Asks("POST", "ps/a", new string('x', 64), options: (OptionNumber.Block1, 0x0A));
        Assert.Equal(64, one.Bodies.Held);
        other.Asks("POST", "ps/a", "end", options: (OptionNumber.Block1, 0x12));
        Assert.Equal(0, one.Bodies.Held);
        other.Asks("POST", "ps/b", new string('x', 64), options: (OptionNumber.Block1, 0x0A));
        other.Peer.OnClosed();
        Assert.Equal(0, one.Bodies.Held);
    }

    [Fact]
    public void What_is_longer_than_a_block_is_sent_in_blocks()
    {
        _device.Retained["a"] = EndPoint.Message("a", new string('x', 2_500));

        _device.Asks("GET", "ps/a");
        _device.Asks("GET", "ps/a", options: (OptionNumber.Block2, 0x16));
        _device.Asks("GET", "ps/a", options: (OptionNumber.Block2, 0x26));
        _device.Asks("GET", "ps/a", options: (OptionNumber.Block2, 0x36));
        _device.Asks("GET", "ps/a", options: (OptionNumber.Block2, 0x02));

        Assert.Equal(
            [
                "ACK 2.05 AB ETag=* MaxAge=0 Block2=14 Size2=2500 «1024 octets»", "ACK 2.05 AB ETag=* MaxAge=0 Block2=30 «1024 octets»",
                "ACK 2.05 AB ETag=* MaxAge=0 Block2=38 «452 octets»", "ACK 4.00 AB «no such block»", "ACK 2.05 AB ETag=* MaxAge=0 Block2=10 Size2=2500 «64 octets»",
            ],
            _device.Asked);
    }

    [Fact]
    public void The_core_says_where_topics_are()
    {
        _device.Asks("GET", ".well-known/core");
        Assert.StartsWith("ACK 2.05 AB ContentFormat=40 «", Assert.Single(_device.Asked), StringComparison.Ordinal);
        _device.Asks("GET", ".well-known/core?rt=temperature");
        Assert.Equal(["ACK 2.05 AB ContentFormat=40"], _device.Asked);
    }
}
