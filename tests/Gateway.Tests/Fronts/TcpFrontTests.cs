using System.Net.Sockets;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Edge.Messaging;
using Edge.Protocols.Mqtt;
using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>Connections on several loops at once, and their end.</summary>
public sealed class TcpFrontTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly RecordingLog _log = new();
    private readonly FrontFixture _gateway;
    private readonly TcpFront _front;

    public TcpFrontTests()
    {
        _gateway = new FrontFixture(TimeProvider.System, _log);
        var settings = new ListenerSettings(enabled: true, 0);
        var listener = new MqttListener("MQTT", "listeners.mqtt", settings) { Limits = new ListenerLimits("listeners.mqtt", settings, default, TimeProvider.System) };
        _front = new TcpFront(listener, new MqttOptions(), _gateway.Services, loops: 3);
        _front.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Messages_between_clients_of_all_loops_arrive_once_and_in_order()
    {
        const int Clients = 12;
        const int Messages = 200;
        var received = Enumerable.Range(0, Clients).Select(_ => new List<string>()).ToArray();
        var all = new TaskCompletionSource();
        var left = Clients * Messages;
        var clients = new IMqttClient[Clients];
        for (var i = 0; i < Clients; i++)
        {
            var (client, mine) = (clients[i] = new MqttClientFactory().CreateMqttClient(), received[i]);
            client.ApplicationMessageReceivedAsync += message =>
            {
                mine.Add(message.ApplicationMessage.ConvertPayloadToString());
                if (Interlocked.Decrement(ref left) == 0)
                {
                    all.SetResult();
                }

                return Task.CompletedTask;
            };
            var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _front.EndPoint.Port).WithClientId($"client-{i}").Build();
            await client.ConnectAsync(options, TestContext.Current.CancellationToken);
            await client.SubscribeAsync($"to/{i}", MqttQualityOfServiceLevel.ExactlyOnce, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            for (var number = 0; number < Messages; number++)
            {
                var qos = (MqttQualityOfServiceLevel)(1 + (i % 2));
                await client.PublishStringAsync($"to/{(i + 1) % Clients}", $"{number}", qos, cancellationToken: TestContext.Current.CancellationToken);
            }
        }));
        await all.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.All(received, mine => Assert.Equal(Enumerable.Range(0, Messages).Select(number => $"{number}"), mine));
        Assert.True(_front.IsRunning);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task As_it_stops_clients_are_told_and_who_does_not_listen_is_cut()
    {
        using var told = await ConnectAsync('t');
        using var deaf = await ConnectAsync('d');
        await FillAsync(deaf, 'd');

        _gateway.Broker.DetachAll();
        using var limit = new CancellationTokenSource();
        var stopping = _front.StopAsync(limit.Token);
        Assert.Equal([0xE0, 1, 0x8B], await ReadAsync(told, 3)); // Server shutting down.
        told.Close();
        await limit.CancelAsync();
        await stopping.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Empty(_log.Events.Except([1100]));
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(_front.EndPoint, TestContext.Current.CancellationToken).AsTask());
    }

    /// <summary>A client of MQTT 5.0.</summary>
    private async Task<Socket> ConnectAsync(char name)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(_front.EndPoint, TestContext.Current.CancellationToken);
        await socket.SendAsync((byte[])[0x10, 14, 0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0, 0, 1, (byte)name], SocketFlags.None);
        var connack = await ReadAsync(socket, 2);
        Assert.Equal(0x20, connack[0]);
        Assert.Equal(0, (await ReadAsync(socket, connack[1]))[1]);
        return socket;
    }

    /// <summary>Has the gateway send a client more than the system takes in for it, of which it reads nothing.</summary>
    private async Task FillAsync(Socket deaf, char topic)
    {
        await deaf.SendAsync((byte[])[0x82, 7, 0, 1, 0, 0, 1, (byte)topic, 0], SocketFlags.None);
        Assert.Equal([0x90, 4, 0, 1, 0, 0], await ReadAsync(deaf, 6));
        Assert.True(TopicName.TryParse($"{topic}", out var name));
        var message = new Message { Topic = name, Payload = new byte[1_000_000] };
        for (var i = 0; i < 20; i++)
        {
            await _gateway.Broker.PublishAsync(message, isOwn: true);
        }
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var octets = new byte[count];
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.ReadExactlyAsync(octets, TestContext.Current.CancellationToken);
        return octets;
    }
}
