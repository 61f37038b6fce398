using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Nobody has the gateway flood another's address: what an end point gets that has not shown that it receives.</summary>
public sealed class ProofTests
{
    private static readonly string X32 = new('x', 32);

    private readonly EndPoint _device = new(isProven: false);

    public ProofTests()
    {
        _device.Retained["a"] = EndPoint.Message("a", new string('x', 1_000));
        _device.Asks("GET", "ps/other");
        _device.BrokerAccepts();
        _ = _device.Asked;
    }

    [Fact]
    public void What_is_much_longer_than_its_request_goes_in_small_blocks()
    {
        var octets = Ask("GET", "ps/a", payload: "");
        Assert.Equal([$"ACK 2.05 AB ETag=* MaxAge=0 Block2=9 Size2=1000 Echo=* «{X32}»", "CON"], _device.Asked);
        Assert.InRange(_device.Sent[^2].Length, 1, (3 * octets) + 64);

        octets = Ask("GET", "ps/a", payload: "", (OptionNumber.Block2, 0x26)); // The third kilobyte, as it thinks: there is none.
        Assert.StartsWith("ACK 4.00", Assert.Single(_device.Asked), StringComparison.Ordinal);
        octets = Ask("GET", "ps/a", payload: "", (OptionNumber.Block2, 0x31)); // The fourth of 32 octets.
        Assert.Equal([$"ACK 2.05 AB ETag=* MaxAge=0 Block2=57 Echo=* «{X32}»"], _device.Asked);
        Assert.InRange(_device.Sent[^1].Length, 1, (3 * octets) + 64);
    }

    [Fact]
    public void Nothing_that_can_be_asked_is_answered_with_more()
    {
        string[] uris = ["ps/a", ".well-known/core", "elsewhere", "ps", "ps/a?c=b", "mqtt/connection", "ps/+"];
        foreach (var uri in uris)
        {
            foreach (var method in (string[])["GET", "POST", "DELETE", "FETCH"])
            {
                var octets = Ask(method, uri, payload: "");
                _ = _device.Asked;
                Assert.InRange(_device.Sent[^1].Length, 1, (3 * octets) + 64);
            }
        }
    }

    [Fact]
    public void Who_repeats_the_Echo_Option_is_proven()
    {
        Ask("GET", "ps/a", payload: "");
        _ = _device.Asked;
        Assert.True(CoapMessage.TryParse(_device.Sent[^2], out var message, out _));
        byte[] echo = [];
        foreach (var option in message.Options)
        {
            echo = option.Number == OptionNumber.Echo ? option.Value.ToArray() : echo;
        }

        Says(new byte[8]);
        Assert.InRange(Payload(), 16, 64);
        Says(echo);
        Assert.Equal(1_000, Payload());

        void Says(byte[] value)
        {
            var frame = new byte[64];
            var writer = new CoapWriter(frame, CoapType.Confirmable, CoapCode.Get, (ushort)(1_000 + value[0]), [1]);
            writer.WriteOption(OptionNumber.UriPath, "ps");
            writer.WriteOption(OptionNumber.UriPath, "a");
            writer.WriteOption(OptionNumber.Echo, value);
            _device.Says(frame[..writer.Written]);
        }

        int Payload()
        {
            _ = _device.Asked;
            return CoapMessage.TryParse(_device.Sent[^1], out var answer, out _) ? answer.Payload.Length : 0;
        }
    }

    [Fact]
    public void Who_answers_the_ping_gets_large_blocks()
    {
        Ask("GET", "ps/a", payload: "");
        _device.Answers(CoapType.Reset);
        _ = _device.Asked;

        Ask("GET", "ps/a", payload: "");

        Assert.Equal(["ACK 2.05 AB ETag=* MaxAge=0 «1000 octets»"], _device.Asked);
    }

    [Fact]
    public void Who_observes_is_notified_once_it_has_answered_a_ping()
    {
        Ask("GET", "ps/a", payload: "", (OptionNumber.Observe, 0));
        _device.BrokerSubscribed();
        Assert.Equal(["subscribe a QoS 1", $"ACK 2.05 AB ETag=* Observe=1 Block2=9 Size2=1000 Echo=* «{X32}»", "CON"], _device.Asked);
        Assert.False(_device.Peer.WantsDelivery);

        _device.Answers(CoapType.Reset);

        Assert.Empty(_device.Asked);
        Assert.True(_device.Peer.WantsDelivery);
    }

    [Fact]
    public void A_copy_that_is_shorter_than_the_request_gets_no_long_answer()
    {
        Ask("GET", "ps/a?x=" + new string('y', 240), payload: "", (OptionNumber.Observe, 0));
        _device.BrokerSubscribed();
        _ = _device.Asked;
        Assert.InRange(_device.Sent[^2].Length, 300, 1_000);

        _device.Says([0x40, 1, .. _device.Sent[^2][2..4]]);

        Assert.Empty(_device.Asked);
    }

    [Fact]
    public void Who_does_not_answer_it_observes_nothing()
    {
        Ask("GET", "ps/a", payload: "", (OptionNumber.Observe, 0));
        _device.BrokerSubscribed();
        _ = _device.Asked;
        for (var i = 0; i < 5; i++)
        {
            _device.TimeIsUp(PeerTimer.Retry);
        }

        Assert.Equal(["CON", "CON", "CON", "CON", "part"], _device.Asked);
    }

    [Fact]
    public void Who_guesses_observes_nothing()
    {
        Ask("GET", "ps/a", payload: "", (OptionNumber.Observe, 0));
        _device.BrokerSubscribed();
        _ = _device.Asked;
        var right = _device.Sent[^1][2];

        for (var guess = 0; guess < 9; guess++)
        {
            _device.Says([0x70, 0, (byte)(right + 1), (byte)guess]);
        }

        Assert.Equal([.. Enumerable.Repeat("refuse OutOfSequence", 9), "part"], _device.Asked);
    }

    private int Ask(string method, string uri, string payload, params (OptionNumber Number, uint Value)[] options)
    {
        var octets = EndPoint.Encode(method, uri, payload, confirmable: true, "AB", 0, options).Length;
        _device.Asks(method, uri, payload, options: options);
        return octets;
    }
}
