using System.Net;
using System.Net.Sockets;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Noise on the listeners: afterwards the gateway serves as before, and its log has no error.</summary>
public sealed class RandomOctetsTests : EndToEndTest
{
    private const int Length = 64 * 1024;
    private const int Times = 16;

    public static TheoryData<int> Seeds => [1, 2, 3, 4];

    [Theory, MemberData(nameof(Seeds))]
    public async Task Over_tcp_they_close_their_connection_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var gateway = await StartGatewayAsync();
        var witness = await WitnessAsync(gateway);
        for (var time = 0; time < Times; time++)
        {
            await using var noise = await WireConversation.ConnectAsync(gateway.MqttPort);
            if (time % 2 == 1)
            {
                await noise.SendAsync("10 0D 0004 4D515454 04 02 0000 0001 6E"); // A good CONNECT, so that the noise gets further.
                await noise.ExpectAsync("20 02 00 00");
            }

            var octets = new byte[Length];
            random.NextBytes(octets);
            await noise.TrySendAsync(octets);
        }

        await ServesAsync(gateway, witness);
    }

    [Theory, MemberData(nameof(Seeds))]
    public async Task Over_udp_they_are_dropped(int seed)
    {
        var random = new Random(seed);
        var gateway = await StartGatewayAsync();
        var witness = await WitnessAsync(gateway);
        using var udp = new UdpClient();
        udp.Connect(IPAddress.Loopback, gateway.MqttSnPort);
        for (var sent = 0; sent < Times * Length;)
        {
            var datagram = new byte[random.Next(1, 1_400)];
            random.NextBytes(datagram);
            if (random.Next(2) == 0)
            {
                Frame(datagram, random);
            }

            sent += await udp.SendAsync(datagram, TestContext.Current.CancellationToken);
        }

        await ServesAsync(gateway, witness);
    }

    /// <summary>Makes noise a well-formed frame of one of the message types, so that it gets further.</summary>
    private static void Frame(Span<byte> datagram, Random random)
    {
        if (datagram.Length is > 1 and <= byte.MaxValue)
        {
            (datagram[0], datagram[1]) = ((byte)datagram.Length, (byte)random.Next(0x20));
        }
        else if (datagram.Length > byte.MaxValue)
        {
            (datagram[0], datagram[1], datagram[2], datagram[3]) = (1, (byte)(datagram.Length >> 8), (byte)datagram.Length, (byte)random.Next(0x20));
        }
    }

    /// <summary>A client that was there before.</summary>
    private async Task<MqttNetClient> WitnessAsync(GatewayProcess gateway)
    {
        var witness = await ConnectAsync(gateway.MqttPort, "witness");
        await witness.SubscribeAsync("after/#", 2);
        return witness;
    }

    private async Task ServesAsync(GatewayProcess gateway, MqttNetClient witness)
    {
        var client = await ConnectAsync(gateway.MqttPort, "client");
        await client.PublishAsync("after/mqtt", "well", 2);
        var node = await ConnectSnAsync(gateway, "node");
        await node.PublishAsync(await node.RegisterAsync("after/mqttsn"), "well", 2);

        Assert.Equal("well", (await witness.ReceiveAsync("after/mqtt")).Text);
        Assert.Equal("well", (await witness.ReceiveAsync("after/mqttsn")).Text);
        Assert.False(gateway.Run.Ended.IsCompleted);
    }
}
