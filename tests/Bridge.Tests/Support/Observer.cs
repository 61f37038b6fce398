using System.Buffers;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.Bridge.Tests.Support;

/// <summary>A client of upstream, by another hand than ours (MQTTnet): sees what arrives there, and publishes.</summary>
internal sealed class Observer : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    private Observer()
    {
    }

    /// <summary>What it got, as <c>topic payload</c>.</summary>
    public Happenings<string> Received { get; } = new();

    public static async Task<Observer> ConnectAsync(int port, string filter)
    {
        var observer = new Observer();
        observer._client.ApplicationMessageReceivedAsync += observer.OnMessageAsync;
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId("observer").Build();
        await observer._client.ConnectAsync(options, TestContext.Current.CancellationToken).Patiently();

        // At QoS 0 it sees messages as upstream routes them; at more, mosquitto sends what waits for its in-flight window out of order.
        var subscribe = new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter, MqttQualityOfServiceLevel.AtMostOnce).Build();
        await observer._client.SubscribeAsync(subscribe, TestContext.Current.CancellationToken).Patiently();
        return observer;
    }

    public Task PublishAsync(string topic, string payload, int qos, bool retain = false)
    {
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).WithRetainFlag(retain).Build();
        return _client.PublishAsync(message, TestContext.Current.CancellationToken).Patiently();
    }

    public void Dispose() => _client.Dispose();

    private Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var message = received.ApplicationMessage;
        Received.Add($"{message.Topic} {Encoding.UTF8.GetString(message.Payload.ToArray())}");
        return Task.CompletedTask;
    }
}
