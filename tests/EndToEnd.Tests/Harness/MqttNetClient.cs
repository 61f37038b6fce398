using System.Buffers;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A client by MQTTnet, with what it received to wait on.</summary>
internal sealed class MqttNetClient : IAsyncDisposable
{
    private MqttNetClient(IMqttClient client, MqttClientConnectResult connAck) => (Client, ConnAck) = (client, connAck);

    /// <summary>MQTTnet's own.</summary>
    public IMqttClient Client { get; }

    /// <summary>What the server answered.</summary>
    public MqttClientConnectResult ConnAck { get; }

    /// <summary>Messages received.</summary>
    public Journal<ReceivedMessage> Received { get; private init; } = new();

    /// <summary>Connects.</summary>
    public static Task<MqttNetClient> ConnectAsync(
        int port, string clientId, MqttProtocolVersion version = MqttProtocolVersion.V500, Action<MqttClientOptionsBuilder>? configure = null) =>
        ConnectAsync(options => options.WithTcpServer("127.0.0.1", port), clientId, version, configure);

    /// <summary>Connects to a server of any kind.</summary>
    public static async Task<MqttNetClient> ConnectAsync(
        Action<MqttClientOptionsBuilder> server, string clientId, MqttProtocolVersion version, Action<MqttClientOptionsBuilder>? configure = null)
    {
        var options = new MqttClientOptionsBuilder()
            .WithClientId(clientId)
            .WithProtocolVersion(version)
            .WithTimeout(Limits.Event);
        server(options);
        configure?.Invoke(options);
        var client = new MqttClientFactory().CreateMqttClient();
        var received = new Journal<ReceivedMessage>();
        client.ApplicationMessageReceivedAsync += arrived =>
        {
            var message = arrived.ApplicationMessage;
            received.Add(new ReceivedMessage(message.Topic, message.Payload.ToArray(), (int)message.QualityOfServiceLevel, message.Retain));
            return Task.CompletedTask;
        };
        var connAck = await client.ConnectAsync(options.Build(), TestContext.Current.CancellationToken);
        return new MqttNetClient(client, connAck) { Received = received };
    }

    /// <summary>Connects with a session that outlives the connection.</summary>
    public static Task<MqttNetClient> ResumeAsync(int port, string clientId, MqttProtocolVersion version = MqttProtocolVersion.V500) =>
        ConnectAsync(port, clientId, version, options =>
        {
            options.WithCleanStart(false);
            if (version == MqttProtocolVersion.V500)
            {
                options.WithSessionExpiryInterval(3_600);
            }
        });

    /// <summary>Publishes; completes with the acknowledgement at QoS 1 and 2.</summary>
    public Task PublishAsync(string topic, string payload, int qos = 1, bool retain = false) => Client.PublishAsync(
        new MqttApplicationMessageBuilder()
            .WithTopic(topic)
            .WithPayload(payload)
            .WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos)
            .WithRetainFlag(retain)
            .Build(),
        TestContext.Current.CancellationToken);

    /// <summary>Subscribes; fails when it is refused.</summary>
    public async Task SubscribeAsync(string filter, int qos = 1)
    {
        var subAck = await Client.SubscribeAsync(
            new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter, (MqttQualityOfServiceLevel)qos).Build(), TestContext.Current.CancellationToken);
        Assert.Equal(qos, (int)Assert.Single(subAck.Items).ResultCode);
    }

    /// <summary>Waits for a message of a topic.</summary>
    public Task<ReceivedMessage> ReceiveAsync(string topic) => Received.FirstAsync(message => message.Topic == topic, $"A message of {topic}");

    /// <summary>Ends the connection without a DISCONNECT.</summary>
    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return ValueTask.CompletedTask;
    }
}
