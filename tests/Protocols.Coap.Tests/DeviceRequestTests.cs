using System.Text;
using System.Text.Json;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Requests to a device, published to <c>$coap/{clientid}/request</c>.</summary>
public sealed class DeviceRequestTests
{
    private readonly EndPoint _device = new();

    public DeviceRequestTests()
    {
        _device.Asks("GET", "ps/x?c=dev1");
        _device.BrokerAccepts();
        _ = _device.Asked;
    }

    [Fact]
    public void A_request_in_JSON_becomes_one_of_CoAP_and_its_answer_a_message_in_JSON()
    {
        Assert.Equal("$coap/dev1/request", _device.RequestsFor!.Filter.ToString());
        Ask("""{"id":[7],"method":"put","path":"/valve/1?mode=slow","payload":"open","content_type":"text/plain","accept":"application/json"}""");
        Assert.Equal(["CON 0.03 * UriPath=valve UriPath=1 ContentFormat=0 UriQuery=mode=slow Accept=50 «open»"], Shown());

        Respond(CoapType.Acknowledgement, CoapCode.Changed, """{"ok":true}""", (OptionNumber.ContentFormat, 50));

        Assert.Equal(["""publish $coap/dev1/response QoS 1 «{"id":[7],"path":"/valve/1?mode=slow","code":"2.04","content_type":"application/json","payload":"{\"ok\":true}"}»""", "acknowledge 9 PubAck"], _device.Asked);
        Assert.Equal("""{"ok":true}""", JsonDocument.Parse(_device.Published!.Payload).RootElement.GetProperty("payload").GetString());
        Assert.DoesNotContain(PeerTimer.Retry, _device.Timers);
        Assert.DoesNotContain(PeerTimer.Ping, _device.Timers);
    }

    [Fact]
    public void A_request_by_properties_is_answered_by_properties_to_the_Response_Topic()
    {
        _device.BrokerAsks(EndPoint.Message("$coap/dev1/request", "open") with
        {
            Properties = new MessageProperties
            {
                ContentType = "text/plain",
                ResponseTopic = "app/7",
                CorrelationData = new byte[] { 1, 2 },
                UserProperties = [new("method", "POST"), new("path", "valve"), new("timeout", "2.5")],
            },
        });
        Assert.Equal(["CON 0.02 * UriPath=valve ContentFormat=0 «open»"], Shown());
        Assert.Equal(2.5, _device.Timers[PeerTimer.Ping].TotalSeconds, tolerance: 0.01);

        Respond(CoapType.Acknowledgement, CoapCode.BadRequest, "stuck");

        Assert.Equal(["publish app/7 QoS 1 «stuck»", "acknowledge 9 PubAck"], _device.Asked);
        var properties = _device.Published!.Properties!;
        Assert.Equal(("0102", new KeyValuePair<string, string>("code", "4.00")), (Hex.Of(properties.CorrelationData!.Value.Span), Assert.Single(properties.UserProperties)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void An_answer_may_come_later_in_a_message_of_its_own(bool isAcknowledged)
    {
        Ask("""{"path":"t"}""");
        _ = _device.Asked;
        var request = _device.Sent[^1];
        if (isAcknowledged)
        {
            _device.Answers(CoapType.Acknowledgement);
            Assert.Empty(_device.Asked);
        }

        var response = Response(CoapType.Confirmable, CoapCode.Content, "21", Token(request), 0x7777);
        _device.Says(response);
        Assert.Equal(["""publish $coap/dev1/response QoS 1 «{"path":"t","code":"2.05","payload":"21"}»""", "acknowledge 9 PubAck", "ACK"], _device.Asked);
        Assert.DoesNotContain(PeerTimer.Retry, _device.Timers);

        _device.Says(response);
        Assert.Equal(["ACK"], _device.Asked); // A copy is acknowledged, and told of once.
        _device.Says(Response(CoapType.Confirmable, CoapCode.Content, "21", Token(request), 0x7778));
        Assert.Equal(["RST", "refuse OutOfSequence"], _device.Asked);
    }

    [Fact]
    public void A_long_answer_is_fetched_in_blocks()
    {
        Ask("""{"path":"log"}""");
        _ = _device.Asked;

        Respond(CoapType.Acknowledgement, CoapCode.Content, new string('a', 16), (OptionNumber.Block2, 0x08));
        Assert.Equal(["CON 0.01 * UriPath=log Block2=16"], Shown());
        Respond(CoapType.Acknowledgement, CoapCode.Content, "end", (OptionNumber.Block2, 0x10));

        Assert.Contains("«{\"path\":\"log\",\"code\":\"2.05\",\"payload\":\"aaaaaaaaaaaaaaaaend\"}»", _device.Asked[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x10, 0x22, 0x45, "the answer has changed while it was fetched"), InlineData(0x10, 0x11, 0x84, "the answer has changed while it was fetched")]
    [InlineData(0x00, 0x11, 0x45, "the answer has changed while it was fetched"), InlineData(0x18, 0x11, 0x45, "the answer cannot be read"), InlineData(0x17, 0x11, 0x45, "the answer cannot be read")]
    public void An_answer_that_is_not_whole_is_none(uint block, uint tag, byte code, string error)
    {
        Ask("""{"path":"log"}""");
        _ = _device.Asked;
        Respond(CoapType.Acknowledgement, CoapCode.Content, new string('a', 16), (OptionNumber.ETag, 0x11), (OptionNumber.Block2, 0x08));
        _ = _device.Asked;

        Respond(CoapType.Acknowledgement, new CoapCode(code), "end", (OptionNumber.ETag, tag), (OptionNumber.Block2, block));

        Assert.Contains($"\"error\":\"{error}\"", _device.Asked[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Who_asks_is_told_when_nothing_comes_in_time()
    {
        Ask("""{"path":"t","timeout":3}""");
        Assert.Equal(3, _device.Timers[PeerTimer.Ping].TotalSeconds, tolerance: 0.01);
        _ = _device.Asked;

        _device.Clock.Advance(TimeSpan.FromSeconds(3));
        _device.TimeIsUp(PeerTimer.Ping);

        Assert.Equal(["""publish $coap/dev1/response QoS 1 «{"path":"t","error":"timeout"}»""", "acknowledge 9 PubAck"], _device.Asked);
        Assert.DoesNotContain(PeerTimer.Retry, _device.Timers);
        Assert.True(_device.Peer.WantsDelivery);
    }

    [Fact]
    public void Who_asks_is_told_when_the_device_rejects_it_or_is_gone()
    {
        Ask("""{"path":"t"}""");
        _ = _device.Asked;
        _device.Answers(CoapType.Reset);
        Assert.Contains("the device rejects it", _device.Asked[0], StringComparison.Ordinal);

        Ask("""{"path":"t","timeout":600}""");
        for (var i = 0; i < 5; i++)
        {
            _device.TimeIsUp(PeerTimer.Retry);
        }

        var asked = _device.Asked;
        Assert.Contains("the device does not answer", asked[^3], StringComparison.Ordinal);
        Assert.Equal("part", asked[^1]);
    }

    [Theory]
    [InlineData("open!", "must be JSON, or have a User Property method"), InlineData("[]", "must be a JSON object, or have a User Property method")]
    [InlineData("""{"method":"brew"}""", "method must be GET, POST, PUT, DELETE, FETCH, PATCH or iPATCH"), InlineData("""{"path":{}}""", "path must be a text or a number")]
    [InlineData("""{"timeout":0}""", "timeout must be a number of seconds up to 600"), InlineData("""{"accept":"no/such"}""", "accept must be a media type such as application/json that has a Content-Format, or its number")]
    [InlineData("""{"content_type":"application/octet-stream","payload":"?"}""", "payload must be in Base64 where content_type is application/octet-stream")]
    public void What_is_no_request_is_answered_in_words(string json, string error)
    {
        Ask(json);

        var asked = _device.Asked;
        Assert.Equal(2, asked.Length);
        Assert.Equal(error, JsonDocument.Parse(_device.Published!.Payload).RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public void Octets_that_are_no_text_are_in_Base64_both_ways()
    {
        Ask("""{"method":"post","content_type":"application/octet-stream","payload":"AP8="}""");
        _ = _device.Asked;
        Assert.True(CoapMessage.TryParse(_device.Sent[^1], out var message, out _));
        Assert.Equal("00FF", Hex.Of(message.Payload));

        _device.Says(Response(CoapType.Acknowledgement, CoapCode.Content, [0xFF, 0], Token(_device.Sent[^1]), MessageId(_device.Sent[^1])));

        Assert.Contains("\"encoding\":\"base64\",\"payload\":\"/wA=\"", _device.Asked[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_topic_by_which_a_device_is_asked_is_not_for_it_to_observe()
    {
        _device.Asks("GET", "ps/$coap/dev1/request?c=dev1", options: (OptionNumber.Observe, 0));

        Assert.Equal(["ACK 4.03 AB «requests come by themselves»"], _device.Asked);
    }

    [Theory, InlineData("+"), InlineData("#"), InlineData("")]
    public void Whose_name_would_be_those_of_others_gets_no_requests(string clientId)
    {
        var device = new EndPoint();
        device.Asks("GET", $"ps/x?c={clientId}");
        device.BrokerAccepts();

        Assert.Null(device.RequestsFor);
    }

    private static byte[] Token(byte[] frame) => frame[4..(4 + (frame[0] & 0x0F))];

    private static ushort MessageId(byte[] frame) => (ushort)((frame[2] << 8) | frame[3]);

    private static byte[] Response(CoapType type, CoapCode code, string payload, byte[] token, ushort messageId, params (OptionNumber Number, uint Value)[] options) =>
        Response(type, code, Encoding.UTF8.GetBytes(payload), token, messageId, options);

    private static byte[] Response(CoapType type, CoapCode code, byte[] payload, byte[] token, ushort messageId, params (OptionNumber Number, uint Value)[] options)
    {
        var frame = new byte[256];
        var writer = new CoapWriter(frame, type, code, messageId, token);
        foreach (var (number, value) in options)
        {
            writer.WriteOption(number, value);
        }

        writer.WritePayload(payload);
        return frame[..writer.Written];
    }

    private void Ask(string json) => _device.BrokerAsks(EndPoint.Message("$coap/dev1/request", json));

    /// <summary>What was asked for, without the Token of the request, which is random.</summary>
    private string[] Shown() => [.. _device.Asked.Select(asked => asked.Split(' ') is ["CON", var code, _, .. var rest] ? string.Join(' ', ["CON", code, "*", .. rest]) : asked)];

    private void Respond(CoapType type, CoapCode code, string payload, params (OptionNumber Number, uint Value)[] options) =>
        _device.Says(Response(type, code, payload, Token(_device.Sent[^1]), MessageId(_device.Sent[^1]), options));
}
