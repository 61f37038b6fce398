using System.Globalization;
using System.Net;
using Edge.Load.Mqtt;
using Edge.Load.Net;
using Edge.Load.Reporting;
using Edge.Load.Servers;

namespace Edge.Load.Commands;

/// <summary>
/// A gateway with a bridge to a cloud: start time and idle memory; octets written per 1,000 acknowledged QoS 1 messages with the
/// cloud up, then with the cloud down; then the cloud returns, and what was acknowledged has to arrive.
/// </summary>
internal sealed class ForwardTrial(Mosquitto mosquitto, Gateway gateway, string directory, LoadOptions options) : IDisposable
{
    private const string Topic = "sensors/plant-1/line-3/temperature";
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SetUpLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // What is still in a group commit or a checkpoint after the last acknowledgement belongs to the messages, too.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly IPEndPoint _cloud = FreePort.Tcp();
    private readonly EventLoop _loop = new();
    private readonly int _messages = options.Messages ?? 10_000;

    /// <summary>Runs all phases; false when an acknowledged message did not arrive.</summary>
    internal bool Run()
    {
        var local = FreePort.Tcp();
        var cloud = StartCloud();
        try
        {
            using var server = gateway.Start(local, FreePort.Udp(), FreePort.Udp(), WriteConfiguration());
            Print($"start to 'gateway ready': {server.StartTime.TotalMilliseconds:N0} ms");
            _loop.RunFor(IdleTime);
            Print($"resident after {IdleTime.TotalSeconds:N0} s idle: {Usage(server).ResidentKiB / 1024.0:N1} MiB");

            using var publisher = new Publisher(
                _loop, local, "load-pub", options.Version, Topic, qos: 1, options.Payload, options.Inflight);
            var subscriber = Subscribe();
            WaitForBridge(publisher, subscriber);

            var arrivedUp = Phase("cloud up", server, publisher, () => subscriber.Received) - 1;
            Print($"  arrived {arrivedUp:N0} of {_messages:N0}, repeated {subscriber.Repeated:N0}");
            subscriber.Dispose();
            cloud.Dispose();

            Phase("cloud down", server, publisher, received: null);

            cloud = StartCloud();
            using var returned = Subscribe();
            return arrivedUp == _messages & Drain(returned);
        }
        finally
        {
            cloud.Dispose();
        }
    }

    public void Dispose() => _loop.Dispose();

    private ServerProcess StartCloud()
    {
        // The subscriber's session has to outlive the cloud's absence, without the limit of 1,000 queued messages.
        var lines = $"persistence true\npersistence_location {directory}/\nmax_queued_messages 0\nuser {Environment.UserName}\n";
        return mosquitto.Start(_cloud, lines);
    }

    private string WriteConfiguration()
    {
        var path = Path.Combine(directory, "gateway.toml");
        File.WriteAllText(path, $$"""
            [[bridge]]
            name = "cloud"
            address = "mqtt://{{_cloud}}"
            client_id = "edge-load"
            forward = [ { filter = "sensors/#", qos = 1, topic = "${topic}" } ]

            """);
        return path;
    }

    private Subscriber Subscribe()
    {
        var subscriber = new Subscriber(_loop, _cloud, "load-cloud", options.Version, clean: false);
        if (!_loop.RunUntil(() => subscriber.Connected, SetUpLimit))
        {
            throw new LoadException("The cloud did not answer CONNECT.");
        }

        subscriber.Subscribe("sensors/#", 1);
        return _loop.RunUntil(() => subscriber.Subscribed, SetUpLimit)
            ? subscriber
            : throw new LoadException("The cloud did not answer SUBSCRIBE.");
    }

    private void WaitForBridge(Publisher publisher, Subscriber subscriber)
    {
        _loop.RunUntil(() => publisher.Connected, SetUpLimit);
        publisher.Publish(1);
        if (!_loop.RunUntil(() => subscriber.Received == 1 && publisher.Complete, SetUpLimit))
        {
            throw new LoadException("A first message did not reach the cloud through the bridge.");
        }
    }

    /// <summary>Publishes all messages and prints what the gateway wrote; gives what the cloud has received in all.</summary>
    private long Phase(string name, ServerProcess server, Publisher publisher, Func<long>? received)
    {
        var before = Usage(server);
        var goal = (received?.Invoke() ?? 0) + _messages;
        var meter = new LoadMeter(new LoadTarget(_cloud, server.ProcessId));
        publisher.Publish(_messages);
        while (!(publisher.Complete && (received is null || received() == goal)) && !meter.Stalled(Patience))
        {
            _loop.Turn(100);
            meter.Note(publisher.Acknowledged + (received?.Invoke() ?? 0));
        }

        if (!publisher.Complete)
        {
            throw new LoadException($"{name}: the gateway acknowledged {publisher.Acknowledged} of {publisher.Sent} messages.");
        }

        _loop.RunFor(Settling);
        var used = Usage(server).Since(before);
        var perThousand = used.WrittenBytes * 1000.0 / _messages;
        var content = (options.Payload + Topic.Length) * 1000.0;
        Print($"{name}: {_messages:N0} messages of {options.Payload} octets acknowledged, {meter.Rate(_messages):N0} msg/s");
        Print($"  wrote {perThousand:N0} octets per 1,000 messages, {perThousand / content:N2} times payload and topic");
        Print($"  CPU {used.Cpu.TotalSeconds:N2} s, resident {used.ResidentKiB / 1024.0:N1} MiB");
        return received?.Invoke() ?? 0;
    }

    private bool Drain(Subscriber subscriber)
    {
        var meter = new LoadMeter(new LoadTarget(_cloud, null));
        while (subscriber.Received < _messages && !meter.Stalled(Patience))
        {
            _loop.Turn(100);
            meter.Note(subscriber.Received);
        }

        Print($"cloud back: arrived {subscriber.Received:N0} of {_messages:N0} in {meter.Elapsed.TotalSeconds:N1} s");
        Print($"  repeated {subscriber.Repeated:N0}");
        return subscriber.Received == _messages;
    }

    private static ProcessUsage Usage(ServerProcess server) => ProcessUsage.Read(server.ProcessId)!;

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
