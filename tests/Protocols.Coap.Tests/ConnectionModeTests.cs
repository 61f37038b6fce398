using System.Globalization;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Connection mode, as EMQX has it: <c>/mqtt/connection</c> and its tokens.</summary>
public sealed class ConnectionModeTests
{
    private readonly EndPoint _device = new();

    [Fact]
    public void Who_connects_gets_a_token_and_whoever_shows_it_is_that_client()
    {
        _device.Asks("POST", "mqtt/connection?clientid=dev1&username=joe&password=secret");
        Assert.Equal(["connect «dev1»"], _device.Asked);
        Assert.Equal("joe", _device.Request!.UserName);
        _device.BrokerAccepts();
        Assert.StartsWith("ACK 2.01 AB «", Assert.Single(_device.Asked), StringComparison.Ordinal);
        var token = Token(_device);
        Assert.InRange(uint.Parse(token, CultureInfo.InvariantCulture), 1u, uint.MaxValue);

        _device.Asks("PUT", $"mqtt/connection?clientid=dev1&token={token}");
        _device.Asks("POST", $"ps/a?c=dev1&t={token}", "1");
        Assert.Equal(["ACK 2.04 AB", "publish a QoS 1 «1»"], _device.Asked);
        _device.BrokerPublished();
        Assert.Equal(["ACK 2.04 AB"], _device.Asked);

        _device.Asks("DELETE", $"mqtt/connection?clientid=dev1&token={token}");
        Assert.Equal(["ACK 2.02 AB", "part"], _device.Asked);
        Assert.Null(_device.Server.Find(Request($"ps/a?c=dev1&t={token}")));

        _device.Says(EndPoint.Encode("DELETE", $"mqtt/connection?clientid=dev1&token={token}", "", confirmable: true, "AB", _device.LastMessageId));
        Assert.Equal(["ACK 2.02 AB"], _device.Asked);
    }

    [Theory]
    [InlineData("ps/a", "ACK 4.00 AB «44 octets»")]
    [InlineData("ps/a?clientid=dev1", "ACK 4.00 AB «44 octets»")]
    [InlineData("ps/a?token=1", "ACK 4.00 AB «44 octets»")]
    [InlineData("ps/a?clientid=dev1&token=0", "ACK 4.01 AB «44 octets»")]
    [InlineData("ps/a?clientid=dev2&token={0}", "ACK 4.01 AB «44 octets»")]
    public void Without_it_nothing_is_done(string uri, string answer)
    {
        uri = uri.Replace("{0}", Connect(_device), StringComparison.Ordinal);

        _device.Asks("POST", uri, "1");

        Assert.Equal([answer], _device.Asked);
    }

    [Theory]
    [InlineData("POST", "mqtt/connection", "4.00"), InlineData("GET", "mqtt/connection?c=dev1", "4.05"), InlineData("PUT", "mqtt/connection?c=dev1", "4.00"), InlineData("DELETE", "mqtt/connection?c=dev1&t=1", "4.01")]
    public void What_makes_no_sense_is_refused(string method, string uri, string code)
    {
        _device.Asks(method, uri);

        Assert.StartsWith($"ACK {code} AB", Assert.Single(_device.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_not_connect_gets_no_token()
    {
        _device.Asks("POST", "mqtt/connection?c=dev1&u=joe&p=wrong");
        _device.BrokerRefuses(ConnectRefusal.BadCredentials);

        Assert.Equal(["connect «dev1»", "ACK 4.01 AB «not permitted»"], _device.Asked);
    }

    [Fact]
    public void Where_a_connection_is_required_nothing_is_done_without_one()
    {
        var device = new EndPoint(new CoapOptions { ConnectionRequired = true });

        device.Asks("GET", "ps/a");

        Assert.StartsWith("ACK 4.00 AB", Assert.Single(device.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public void From_another_address_the_token_finds_the_client()
    {
        var token = Connect(_device);

        Assert.Same(_device.Peer, _device.Server.Find(Request($"ps/a?c=dev1&t={token}")));
        Assert.Same(_device.Peer, _device.Server.Find(Request($"mqtt/connection?clientid=dev1&token={token}")));
        Assert.Null(_device.Server.Find(Request($"ps/a?c=dev2&t={token}")));
        Assert.Null(_device.Server.Find(Request("ps/a?c=dev1")));
        Assert.Null(_device.Server.Find([]));
    }

    [Fact]
    public void An_address_that_was_anothers_is_left_to_the_client_of_the_token()
    {
        var token = Connect(_device);
        var other = new EndPoint(_device);
        other.Asks("GET", "ps/a?c=dev2", options: (OptionNumber.Observe, 0));
        other.BrokerAccepts();
        other.BrokerSubscribed();
        _ = other.Asked;

        other.Asks("POST", $"ps/a?c=dev1&t={token}", "1");

        Assert.Equal(["give way", "close"], other.Asked);
        Assert.Same(_device.Peer, _device.Server.Find(Request($"ps/a?c=dev1&t={token}")));
    }

    [Theory]
    [InlineData("mqtt/connection?c=dev1", "2.01"), InlineData("mqtt/connection?c=dev2", "4.00"), InlineData("mqtt/connection?c=dev1&u=joe&p=guess", "4.00")]
    public void Who_connects_again_goes_on_by_its_token_and_nobody_else_takes_its_place(string uri, string code)
    {
        var token = Connect(_device);

        _device.Asks("POST", uri);

        Assert.StartsWith($"ACK {code} AB", Assert.Single(_device.Asked), StringComparison.Ordinal);
        Assert.Equal(code == "2.01", Token(_device) == token);
        Assert.Same(_device.Peer, _device.Server.Find(Request($"ps/a?c=dev1&t={token}")));
    }

    [Fact]
    public void Tokens_cannot_be_tried_out()
    {
        var token = Connect(_device);
        for (var wrong = 0; wrong < 20; wrong++)
        {
            Assert.Null(_device.Server.Find(Request("ps/a?c=dev1&t=0")));
        }

        Assert.Null(_device.Server.Find(Request($"ps/a?c=dev1&t={token}")));
        _device.Asks("PUT", $"mqtt/connection?c=dev1&t={token}");
        Assert.Equal(["ACK 2.04 AB"], _device.Asked); // Where it is it need not wait.

        _device.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(_device.Peer, _device.Server.Find(Request($"ps/a?c=dev1&t={token}")));
    }

    [Fact]
    public void A_client_that_is_quiet_keeps_its_token_for_a_day_and_then_for_as_long_as_it_answers()
    {
        Connect(_device);
        var hours = 0.0;
        string[] asked = [];
        for (; asked is []; asked = _device.Asked)
        {
            hours += _device.Timers[PeerTimer.KeepAlive].TotalHours;
            _device.TimeIsUp(PeerTimer.KeepAlive);
        }

        Assert.Equal(["CON"], asked);
        Assert.Equal(24, hours, tolerance: 0.2);
        for (var i = 0; i < 5; i++)
        {
            _device.TimeIsUp(PeerTimer.Retry);
        }

        Assert.Equal(["CON", "CON", "CON", "CON", "part"], _device.Asked);
    }

    private static string Connect(EndPoint device)
    {
        device.Asks("POST", "mqtt/connection?c=dev1");
        device.BrokerAccepts();
        _ = device.Asked;
        return Token(device);
    }

    private static string Token(EndPoint device)
    {
        Assert.True(CoapMessage.TryParse(device.Sent[^1], out var message, out _));
        return Encoding.UTF8.GetString(message.Payload);
    }

    private static byte[] Request(string uri) => EndPoint.Encode("POST", uri, "1", confirmable: true, "AB", 99);
}
