using System.Net;
using System.Net.Sockets;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Edge.Protocols.MqttSn;
using Edge.Protocols.MqttSn.Topics;
using Edge.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>Who is gone is not held until its Keep Alive would have run out: many that come and go would fill the memory.</summary>
public sealed class LettingGoTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FrontFixture _gateway;

    public LettingGoTests() => _gateway = new FrontFixture(_clock);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    private ListenerLimits Limits => new("", new ListenerSettings(enabled: true, 0), default, _clock);

    [Fact]
    public async Task Nothing_waits_for_the_Keep_Alive_of_an_MQTT_client_that_said_good_bye()
    {
        var client = await StreamClient.ConnectAsync(_gateway.Services, Limits, 'c', keepAlive: ushort.MaxValue);
        await client.SendAsync([0xE0, 0]);
        await client.Ended.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromSeconds(5)); // What limits the close itself.
        Assert.Equal(0, _gateway.Services.Wheel.Count);
    }

    [Fact]
    public async Task Nothing_waits_for_the_Keep_Alive_of_an_MQTT_SN_client_that_said_good_bye()
    {
        var options = new MqttSnOptions();
        var known = new KnownTopics(options);
        var link = new UdpLink(new IPEndPoint(IPAddress.Loopback, 0));
        using var front = new DatagramFront<MqttSnReply>(
            "test", link, address => new MqttSnPeer(options, known, address.ToString()), _gateway.Services, Limits);
        front.Start();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(link.EndPoint, TestContext.Current.CancellationToken);

        Assert.Equal([3, 5, 0], await AskAsync(client, [7, 4, 4, 1, 0xFF, 0xFF, (byte)'c']));
        Assert.Equal(1, _gateway.Services.Wheel.Count);

        Assert.Equal([2, 0x18], await AskAsync(client, [2, 0x18]));
        Assert.Equal(0, _gateway.Services.Wheel.Count);
    }

    private static async Task<byte[]> AskAsync(Socket client, byte[] message)
    {
        var answer = new byte[16];
        await client.SendAsync(message, TestContext.Current.CancellationToken);
        return answer[..await client.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30))];
    }
}
