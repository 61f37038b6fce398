using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Edge.Messaging;
using Edge.Protocols.Coap;
using Edge.Protocols.Coap.Transfer;
using Edge.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>What a front of CoAP makes of addresses: those that change, and those that may be invented.</summary>
public sealed class CoapFrontTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly FrontFixture _gateway;
    private readonly UdpLink _link = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly DatagramFront<CoapReply> _front;

    public CoapFrontTests()
    {
        _gateway = new FrontFixture(_clock);
        var server = new CoapServer(new CoapOptions(), new BodyBudget(1_000_000), _clock, new Random(1));
        _front = new DatagramFront<CoapReply>(
            "CoAP", _link, address => server.NewPeer(address.ToString(), isProven: false), _gateway.Services, new ListenerLimits("", new ListenerSettings(enabled: true, 0), default, _clock))
        {
            Find = server.Find,
            MaxStrangers = 3,
        };
        _front.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _front.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Of_those_that_have_not_shown_that_they_receive_only_so_many_get_in_at_a_time()
    {
        List<Device> devices = [.. Enumerable.Range(0, 5).Select(_ => new Device(_link.EndPoint))];
        foreach (var device in devices[..3])
        {
            Assert.Equal(0x44, (await device.AskAsync("40 02 0001 B2 'ps' 01 'a'"))[1]);
        }

        Assert.Equal(0xA3, (await devices[3].AskAsync("40 02 0001 B2 'ps' 01 'a'"))[1]); // 5.03

        await devices[0].AskAsync("41 01 0002 07 60 52 'ps' 01 'a'");
        var ping = await devices[0].HearAsync();
        await devices[0].SayAsync($"70 00 {ping[2]:X2}{ping[3]:X2}");
        Assert.Equal(Hex.Parse("70 00 FFFF"), await devices[0].AskAsync("40 00 FFFF"));
        Assert.Equal(0x44, (await devices[4].AskAsync("40 02 0001 B2 'ps' 01 'a'"))[1]);

        devices.ForEach(device => device.Dispose());
    }

    [Fact]
    public async Task Who_publishes_from_a_new_port_each_time_takes_no_place_from_others_for_long()
    {
        for (var round = 0; round < 5; round++)
        {
            List<Device> devices = [.. Enumerable.Range(0, 3).Select(_ => new Device(_link.EndPoint))];
            for (var i = 0; i < devices.Count; i++)
            {
                // The places of the round before are free as soon as the front has heard that the time is up.
                for (var messageId = 1; (await devices[i].AskAsync($"40 02 {messageId:X4} B2 'ps' 01 'a'"))[1] != 0x44; messageId++)
                {
                    Assert.True(round > 0, "a place is free");
                }
            }

            _clock.Advance(TimeSpan.FromSeconds(11));
            devices.ForEach(device => device.Dispose());
        }
    }

    [Fact]
    public async Task What_is_for_a_client_whose_address_another_has_waits_until_it_is_heard_again()
    {
        using var here = new Device(_link.EndPoint);
        using var there = new Device(_link.EndPoint);
        var (one, other) = (await ConnectAsync(here, "d1"), await ConnectAsync(there, "d2"));
        Assert.Equal(0x45, (await here.AskAsync($"41 01 0002 07 60 52 'ps' 01 'a' {one}"))[1]);

        Assert.Equal(Hex.Parse("60 44 0003"), await here.AskAsync($"40 03 0003 B4 'mqtt' 0A 'connection' {other}"));
        await _gateway.Broker.PublishAsync(new Message { Topic = Topic("a"), Payload = "21"u8.ToArray() }, isOwn: true);
        Assert.Equal(Hex.Parse("70 00 FFFF"), await here.AskAsync("40 00 FFFF"));

        Assert.Equal(Hex.Parse("60 44 0004"), await here.AskAsync($"40 03 0004 B4 'mqtt' 0A 'connection' {one}"));
        Assert.EndsWith("21", Encoding.ASCII.GetString(await here.HearAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(QualityOfService.AtMostOnce)]
    [InlineData(QualityOfService.AtLeastOnce)]
    public async Task It_has_every_message_of_an_hour_although_its_address_changes_every_five_minutes(QualityOfService qos)
    {
        var device = new Device(_link.EndPoint);
        var query = await ConnectAsync(device, "d1");
        Assert.Equal(0x45, (await device.AskAsync($"41 01 0002 07 60 52 'ps' 01 'a' {query}"))[1]);

        for (var minute = 0; minute < 60; minute++)
        {
            if (minute % 5 == 4)
            {
                device.Dispose();
                device = new Device(_link.EndPoint);
                Assert.Equal(Hex.Parse($"60 44 {minute + 256:X4}"), await device.AskAsync($"40 03 {minute + 256:X4} B4 'mqtt' 0A 'connection' {query}"));
            }

            _clock.Advance(TimeSpan.FromMinutes(1));
            await _gateway.Broker.PublishAsync(new Message { Topic = Topic("a"), Payload = Encoding.ASCII.GetBytes($"{minute:D2}"), Qos = qos }, isOwn: true);
            var notification = await device.HearAsync();
            Assert.Equal((0x45, 0x07, $"{minute:D2}"), (notification[1], notification[4], Encoding.ASCII.GetString(notification[^2..])));
            await device.SayAsync($"60 00 {notification[2]:X2}{notification[3]:X2}");
            Assert.Equal(Hex.Parse("70 00 FFFF"), await device.AskAsync("40 00 FFFF")); // Its ping is answered behind its acknowledgement.
        }

        device.Dispose();
    }

    /// <summary>Connects; gives the query that shows the token.</summary>
    private static async Task<string> ConnectAsync(Device device, string clientId)
    {
        var token = Encoding.ASCII.GetString((await device.AskAsync($"40 02 0001 B4 'mqtt' 0A 'connection' 44 'c={clientId}'"))[5..]);
        return $"44 'c={clientId}' 0{token.Length + 2:X} 't={token}'";
    }

    private static TopicName Topic(string name) => TopicName.TryParse(name, out var topic) ? topic : throw new ArgumentException(name);

    private sealed class Device : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        public Device(IPEndPoint gateway) => _socket.Connect(gateway);

        public async Task SayAsync(string hex) => await _socket.SendAsync(Hex.Parse(hex), TestContext.Current.CancellationToken);

        public async Task<byte[]> HearAsync()
        {
            var answer = new byte[1_500];
            return answer[..await _socket.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30))];
        }

        public async Task<byte[]> AskAsync(string hex)
        {
            await SayAsync(hex);
            return await HearAsync();
        }

        public void Dispose() => _socket.Dispose();
    }
}
