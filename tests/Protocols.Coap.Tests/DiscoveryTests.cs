using Edge.Messaging.Peers;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Questions to a whole group (RFC 7252 §8).</summary>
public sealed class DiscoveryTests
{
    [Theory]
    [InlineData("GET", ".well-known/core", false, true), InlineData("GET", ".well-known/core?rt=core.ps", false, true)]
    [InlineData("GET", ".well-known/core", true, false), InlineData("GET", ".well-known/core?rt=temperature", false, false)]
    [InlineData("POST", ".well-known/core", false, false), InlineData("GET", "ps/a", false, false), InlineData("POST", "ps/a", false, false)]
    public void Who_asks_for_what_there_is_gets_it_after_a_while_and_nothing_else_is_answered(string method, string uri, bool isConfirmable, bool isAnswered)
    {
        var device = new EndPoint(new CoapDiscovery(new Random(1)));

        device.Asks(method, uri, confirmable: isConfirmable);
        Assert.Empty(device.Asked);
        Assert.Equal(isAnswered, device.Timers.ContainsKey(PeerTimer.Progress));
        if (isAnswered)
        {
            Assert.InRange(device.Timers[PeerTimer.Progress].TotalSeconds, 0, 5);
            device.Asks(method, uri, confirmable: false);
            device.TimeIsUp(PeerTimer.Progress);
            Assert.Equal(["NON 2.05 AB ContentFormat=40 «61 octets»", "close"], device.Asked);
        }
    }

    [Fact]
    public void What_cannot_be_read_is_counted()
    {
        var device = new EndPoint(new CoapDiscovery(new Random(1)));

        device.Says("4001 0001 F0");

        Assert.Equal(["refuse InvalidProperty"], device.Asked);
    }
}
