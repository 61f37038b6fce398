using System.Net;
using Edge.Bridge;
using Edge.Gateway.Commands;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Edge.Gateway.Fronts.Tls;
using Edge.Gateway.Health;
using Edge.Gateway.Serial;
using Edge.LocalBroker;
using Edge.LocalBroker.Access;
using Edge.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway;

/// <summary>The gateway at work: introduces the parts to each other, starts them in order and stops them in the opposite order.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    /// <summary>Connections get this long to say good-bye; a service is to stop within five seconds.</summary>
    private static readonly TimeSpan GoodByeLimit = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly DropCounter _drops = new();
    private readonly TimerWheel _wheel;
    private readonly SqliteStore _store;
    private readonly FrontServices _services;
    private readonly CancellationTokenSource _bridgesStopping = new();
    private readonly AccessControl _access;
    private readonly List<UpstreamBridge> _bridges = [];
    private Task _bridging = Task.CompletedTask;
    private SystemTopicsTimer? _systemTopics;
    private MemoryWatch? _memory;
    private IReadOnlyList<MqttListener> _mqttListeners = [];
    private TcpFront? _mqttTcp;
    private KestrelFront? _mqttKestrel;
    private MqttSnFronts? _mqttSn;
    private CoapFronts? _coap;
    private SerialLines? _serialLines;
    private AccessFiles? _accessFiles;
    private bool _isStopped;

    private RunningGateway(GatewaySettings settings, ILoggerFactory loggers, TimeProvider clock)
    {
        _clock = clock;
        _logger = loggers.CreateLogger("Edge.Gateway");
        _wheel = new TimerWheel(clock);
        try
        {
            _store = SqliteStore.Open(settings.Storage, _drops, clock, loggers.CreateLogger<SqliteStore>());
        }
        catch (StoreUnavailableException fault)
        {
            throw new StartException(fault.Message, fault);
        }

        _access = new AccessControl(settings.AllowAnonymous, clock, settings.Flapping)
        {
            CertificateIdentity = settings.CertificateIdentity,
            Chain = settings.AuthenticationChain ?? AccessControl.WholeChain,
            SubscribeRefusal = settings.SubscribeRefusal,
            Tokens = settings.Tokens,
        };
        Broker = new Broker(settings.Broker, _store, _store, _drops, clock, loggers.CreateLogger<Broker>(), _access, settings.ClientEvents ? settings.Name : null);
        _services = new FrontServices(Broker, _drops, _wheel, clock, loggers.CreateLogger("Edge.Gateway.Fronts"));
    }

    /// <summary>The broker inside.</summary>
    public Broker Broker { get; }

    /// <summary>Where MQTT is served over TCP; null when it is not.</summary>
    public IPEndPoint? MqttEndPoint => _mqttTcp?.EndPoint;

    /// <summary>Where MQTT-SN is served over UDP, the first of several; null when it is not.</summary>
    public IPEndPoint? MqttSnEndPoint => _mqttSn?.Listeners.EndPoints.FirstOrDefault();

    /// <summary>Where CoAP is served over UDP, the first of several; null when it is not.</summary>
    public IPEndPoint? CoapEndPoint => _coap?.Listeners.EndPoints.FirstOrDefault();

    /// <summary>What is served where, in words.</summary>
    public string Listeners
    {
        get
        {
            List<string> listeners = [.. _mqttListeners.Select(listener => $"{listener.Name} {listener.EndPoint}")];
            listeners.AddRange(_mqttSn?.Listeners.Descriptions ?? []);
            listeners.AddRange(_coap?.Listeners.Descriptions ?? []);
            listeners.AddRange(_serialLines?.Descriptions ?? []);
            return listeners is [] ? "no listener" : string.Join(", ", listeners);
        }
    }

    /// <summary>Opens the store, the listeners, and begins to bridge.</summary>
    /// <exception cref="StartException">A port is in use, or the store cannot be opened.</exception>
    public static async Task<RunningGateway> StartAsync(GatewaySettings settings, ILoggerFactory loggers, TimeProvider clock)
    {
        var gateway = new RunningGateway(settings, loggers, clock);
        try
        {
            await gateway.StartAsync(settings, loggers);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the store commits and every loop turns.</summary>
    public async ValueTask<bool> IsWellAsync(CancellationToken cancellation)
    {
        await _store.CommitAsync().WaitAsync(cancellation);
        return _store.IsHealthy && _mqttTcp is not { IsRunning: false } && _serialLines is not { AreRunning: false }
            && _mqttSn is not { Listeners.AreRunning: false } && _coap is not { AreRunning: false };
    }

    /// <summary>Messages that wait for a bridge's upstream.</summary>
    public long QueuedForBridge(string name) =>
        _bridges.Find(bridge => bridge.Status.Name == name) is { } found ? Broker.QueueOf(found.ClientId)?.Messages ?? 0 : 0;

    /// <summary>Stops listeners, connections, bridges and the store, in that order. What was acknowledged is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        using var limit = new CancellationTokenSource(GoodByeLimit, _clock);
        await (_accessFiles?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_systemTopics?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_memory?.DisposeAsync() ?? ValueTask.CompletedTask);
        Broker.DetachAll();
        await Task.WhenAll(_mqttTcp?.StopAsync(limit.Token) ?? Task.CompletedTask, _mqttKestrel?.StopAsync(limit.Token) ?? Task.CompletedTask);
        await (_mqttTcp?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_mqttKestrel?.DisposeAsync() ?? ValueTask.CompletedTask);

        _mqttSn?.Dispose();
        _coap?.Dispose();
        await (_serialLines?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _bridgesStopping.CancelAsync();
        await _bridging;
        _wheel.Dispose();
        Broker.Dispose();
        await _store.StopAsync(limit.Token);
        await _store.DisposeAsync();
        _drops.Dispose();
        _bridgesStopping.Dispose();
    }

    private async Task StartAsync(GatewaySettings settings, ILoggerFactory loggers)
    {
        _accessFiles = new AccessFiles(settings, _access, Broker, _clock, _logger);

        // The bridges' sessions are there before the first message can come.
        foreach (var options in settings.Bridges)
        {
            var bridge = new UpstreamBridge(options, Broker, _drops, _clock, loggers.CreateLogger<UpstreamBridge>());
            await bridge.PrepareAsync();
            _bridges.Add(bridge);
        }

        Broker.Start();
        var memory = _memory = new MemoryWatch(
            Broker, _drops, () => MemoryUse.OfProcess(settings.MemoryLimit), MemoryWatch.CollectGarbage, _clock, _logger);
        _mqttListeners = MqttListener.AllOf(settings, _clock);
        if (_mqttListeners.FirstOrDefault(listener => listener.IsPlain) is { } plain)
        {
            _mqttTcp = new TcpFront(plain, settings.Mqtt, _services);
            _mqttTcp.Start();
        }

        if (_mqttListeners.Where(listener => !listener.IsPlain).ToList() is { Count: > 0 } others)
        {
            _mqttKestrel = await KestrelFront.StartAsync(others, settings.Mqtt, _services);
        }

        _mqttSn = new MqttSnFronts(settings, _services);
        _mqttSn.Start();
        _coap = new CoapFronts(settings, _services);
        _coap.Start();
        _serialLines = new SerialLines(_mqttSn, _services, loggers);
        await _serialLines.StartAsync(settings.SerialLines);

        _bridging = Task.WhenAll(_bridges.Select(bridge => bridge.RunAsync(_bridgesStopping.Token)));
        if (settings.SysInterval > TimeSpan.Zero)
        {
            var topics = new SystemTopics(Broker, _drops, _clock, BuildInformation.Version);
            topics.Add("$SYS/broker/memory/state", () => Broker.IsShortOfMemory ? "short" : "enough");
            topics.Add("$SYS/broker/memory/used", () => $"{memory.Use.Used}");
            topics.Add("$SYS/broker/memory/limit", () => $"{memory.Use.Limit}");
            DtlsTopics.AddTo(topics, [.. ((DtlsFiles?[])[_mqttSn.Listeners.Dtls, _coap.Listeners.Dtls]).OfType<DtlsFiles>()]);
            _serialLines.AddTo(topics);
            _bridges.ForEach(bridge => BridgeTopics.AddTo(topics, bridge, Broker));
            _systemTopics = new SystemTopicsTimer(topics, settings.SysInterval, _clock);
        }
    }
}
