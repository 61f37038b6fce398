using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Edge.LocalBroker;
using Edge.Messaging;
using Edge.Protocols.MqttSn;
using Edge.Serial;
using Edge.Serial.Lines;
using Edge.Serial.XBee;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Serial;

/// <summary>All serial lines at work: MQTT-SN by a front of its own for each, lines of text by an adapter. No device need be there.</summary>
/// <param name="mqttSn">Serves MQTT-SN on them.</param>
/// <param name="services">The gateway.</param>
/// <param name="loggers">Where lines speak.</param>
internal sealed class SerialLines(MqttSnFronts mqttSn, FrontServices services, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>What a forwarder may write before a message (MQTT-SN 1.2 §5.5): its Length has one octet.</summary>
    private const int LargestEncapsulation = byte.MaxValue;

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(string Name, Func<SerialStatus> Status)> _lines = [];
    private readonly List<DatagramFront<MqttSnReply>> _fronts = [];
    private readonly List<(LineAdapter Adapter, IBrokerSession Session, Task Running)> _adapters = [];

    /// <summary>The lines in words, such as <c>serial line field</c>.</summary>
    public IEnumerable<string> Descriptions => _lines.Select(line => $"serial line {line.Name}");

    /// <summary>Whether every loop turns.</summary>
    public bool AreRunning => _fronts.All(front => front.IsRunning) && _adapters.All(adapter => !adapter.Running.IsCompleted);

    /// <summary>Starts the lines.</summary>
    public async Task StartAsync(IReadOnlyList<SerialSettings> lines)
    {
        foreach (var line in lines)
        {
            if (line.Protocol == SerialProtocol.Lines)
            {
                await StartAdapterAsync(line);
            }
            else
            {
                StartFront(line);
            }
        }
    }

    /// <summary>Adds what the lines say of themselves to what is published.</summary>
    public void AddTo(SystemTopics topics) => _lines.ForEach(line => SerialTopics.AddTo(topics, line.Name, line.Status));

    /// <summary>Stops the lines after what is at hand, and closes the devices.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _fronts.ForEach(front => front.Dispose());
        foreach (var (adapter, session, running) in _adapters)
        {
            await running;
            session.Disconnect(publishWill: false);
            adapter.Dispose();
        }

        _stopping.Dispose();
    }

    private void StartFront(SerialSettings line)
    {
        var largest = line.Largest + LargestEncapsulation;
        FramedLink link = line.Protocol == SerialProtocol.XBee
            ? new XBeeLink(line.Name, line.Port, line.ApiMode ?? XBeeApiMode.Plain, largest, services.Clock, loggers.CreateLogger<XBeeLink>())
            : new SerialLink(line.Name, line.Port, line.Framing ?? SerialFraming.Bare, largest, services.Clock, loggers.CreateLogger<SerialLink>());
        var front = mqttSn.New($"serial.{line.Name}", link, line.Largest, link is XBeeLink ? () => link.Status.IsOpen ? [link.Local] : [] : null);
        _lines.Add((line.Name, () => link.Status));
        _fronts.Add(front);
        front.Start();
    }

    /// <summary>The session is one of the gateway's own: rules about clients do not hold for it, and it publishes where the operator has said.</summary>
    private async Task StartAdapterAsync(SerialSettings line)
    {
        var request = new ConnectRequest
        {
            ClientId = $"{ConnectRequest.InternalPrefix}serial/{line.Name}",
            Queue = new QueueLimits(1, 1, OverflowPolicy.DropNewest, 1),
            Peer = line.Name,
            Protocol = "serial line",
        };
        var outcome = await services.Broker.ConnectAsync(request, NoDeliveries.Instance);
        var session = outcome.Session ?? throw new InvalidOperationException($"The local broker gives serial line {line.Name} no session: {outcome.Refusal}.");
        var adapter = new LineAdapter(line.ToLine(), services.Drops, services.Clock, loggers.CreateLogger<LineAdapter>());
        _lines.Add((line.Name, () => adapter.Status));
        _adapters.Add((adapter, session, RunAsync(line.Name, adapter, session)));
    }

    private async Task RunAsync(string name, LineAdapter adapter, IBrokerSession session)
    {
        try
        {
            await adapter.RunAsync(session, _stopping.Token);
        }
        catch (Exception fault)
        {
            services.Logger.LoopFaulted($"serial line {name}", fault);
        }
    }
}
