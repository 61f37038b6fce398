using System.Net;
using System.Net.Sockets;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>How MQTT-SN nodes find the gateway (MQTT-SN 1.2 §6.1).</summary>
public sealed class DiscoveryTests : EndToEndTest
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    public async Task It_says_where_it_is_from_its_own_port_again_and_again(string receiver)
    {
        using var node = new UdpClient(new IPEndPoint(IPAddress.Any, 0));
        var port = ((IPEndPoint)node.Client.LocalEndPoint!).Port;
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = ["mqttsn.gateway_id = 9", """mqttsn.advertise_interval = "1s" """, $"mqttsn.advertise_to = '{receiver}:{port}'"],
        });

        for (var i = 0; i < 2; i++)
        {
            var advertise = await node.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().OrFailAsync("ADVERTISE");
            Assert.Equal(("0500090001", gateway.MqttSnPort), (Convert.ToHexString(advertise.Buffer), advertise.RemoteEndPoint.Port));
        }
    }

    [Fact]
    public async Task Who_is_asked_for_by_a_group_answers()
    {
        var gateway = CreateGateway(new GatewayConfiguration
        {
            Settings = ["mqttsn.gateway_id = 9", "mqttsn.multicast_groups = '239.77.1.84'", "auth.allow_anonymous = true"],
        });
        await gateway.StartAsync($"listeners.mqttsn.bind=0.0.0.0:{gateway.MqttSnPort}");
        using var node = new UdpClient(new IPEndPoint(IPAddress.Any, 0));
        node.MulticastLoopback = true;

        await node.SendAsync(Convert.FromHexString("030100"), new IPEndPoint(IPAddress.Parse("239.77.1.84"), gateway.MqttSnPort), TestContext.Current.CancellationToken);

        var answer = await node.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().OrFailAsync("GWINFO");
        Assert.Equal("030209", Convert.ToHexString(answer.Buffer));
    }

    [Fact]
    public async Task It_serves_every_address_that_it_is_bound_to()
    {
        var gateway = CreateGateway();
        var other = Ports.Take();
        await gateway.StartAsync($"listeners.mqttsn.bind=['127.0.0.1:{gateway.MqttSnPort}', '[::1]:{other}']");
        var node = await ConnectSnAsync(gateway, "node");
        await node.SubscribeAsync("ab", 1);
        using var ipv6 = new UdpClient(AddressFamily.InterNetworkV6);
        ipv6.Connect(IPAddress.IPv6Loopback, other);

        await ipv6.SendAsync(Convert.FromHexString("080404010000" + "6262"), TestContext.Current.CancellationToken);
        var connack = await ipv6.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().OrFailAsync("CONNACK");
        await ipv6.SendAsync(Convert.FromHexString("090C22" + "6162" + "0001" + "6869"), TestContext.Current.CancellationToken);

        Assert.Equal("030500", Convert.ToHexString(connack.Buffer));
        Assert.Equal("hi", (await node.Received.CountAsync(1, "message"))[0].Text);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    public async Task CoAP_devices_find_it_by_a_group_and_get_no_answer_but_to_that_question(string bind)
    {
        var gateway = CreateGateway(new GatewayConfiguration { Settings = ["coap.multicast_groups = '239.77.1.87'", "auth.allow_anonymous = true"] });
        await gateway.StartAsync($"listeners.coap.bind={bind}:{gateway.CoapPort}");
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#");
        using var device = new UdpClient(new IPEndPoint(IPAddress.Any, 0));
        device.MulticastLoopback = true;
        var group = new IPEndPoint(IPAddress.Parse("239.77.1.87"), gateway.CoapPort);

        foreach (var question in (string[])["50020001 B27073 0161 FF78", "40010002", "52010003 AAAA BB2E77656C6C2D6B6E6F776E 04636F7265"])
        {
            await device.SendAsync(Convert.FromHexString(question.Replace(" ", "", StringComparison.Ordinal)), group, TestContext.Current.CancellationToken);
        }

        var answer = Convert.ToHexString((await device.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().OrFailAsync("What there is")).Buffer);
        Assert.Equal(("5245", "AAAAC128FF"), (answer[..4], answer[8..18]));
        Assert.Contains("</ps>", System.Text.Encoding.UTF8.GetString(Convert.FromHexString(answer[18..])), StringComparison.Ordinal);
        Assert.Equal(("", ""), await CoapClient.SendAsync(gateway.CoapPort, "post", "ps/b", "-e", "by itself"));
        Assert.Equal("b", (await subscriber.Received.CountAsync(1, "message"))[0].Topic);
    }
}
