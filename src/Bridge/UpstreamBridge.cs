using Edge.Messaging;
using Edge.Protocols.Mqtt.Codec;
using Edge.Protocols.Mqtt.Upstream;
using Microsoft.Extensions.Logging;

namespace Edge.Bridge;

/// <summary>One bridge: forwards what its session of the local broker holds to an upstream broker, and publishes locally what upstream sends.</summary>
/// <remarks>
/// The bridge is one more subscriber. All that it must not forget, messages, Packet Identifiers and the state of QoS 2 exchanges, is in
/// its session, which queues while upstream is away like that of any client. See decision 5.
/// </remarks>
public sealed class UpstreamBridge
{
    /// <summary>A connection that lived this long was no failed attempt: the next wait is the first one again.</summary>
    private static readonly TimeSpan LivedWell = TimeSpan.FromSeconds(30);

    private readonly BridgeOptions _options;
    private readonly IBroker _broker;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly BridgeCounters _counters = new();
    private readonly ConnectRequest _session;
    private readonly LinkServices _links;
    private readonly ProtocolChoice _protocol;
    private readonly Backoff _backoff;
    private volatile BridgeStatus _status;
    private string? _reported;
    private bool _isPrepared;

    /// <summary>Does nothing yet.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="broker">The local broker.</param>
    /// <param name="drops">Where losses are counted.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="logger">Where the bridge speaks.</param>
    public UpstreamBridge(BridgeOptions options, IBroker broker, IDropCounter drops, TimeProvider clock, ILogger<UpstreamBridge> logger)
    {
        _options = options;
        _broker = broker;
        _clock = clock;
        _logger = logger;
        _status = new BridgeStatus { Name = options.Name, State = BridgeState.Stopped, Since = clock.GetUtcNow() };
        _protocol = new ProtocolChoice(options.Protocol, clock);
        _backoff = new Backoff(options.ReconnectMinimum, options.ReconnectMaximum, Random.Shared.NextDouble);
        _session = new ConnectRequest
        {
            ClientId = $"{ConnectRequest.InternalPrefix}bridge/{options.Name}",
            CleanStart = false,
            SessionExpiry = TimeSpan.MaxValue,
            Queue = new QueueLimits(int.MaxValue, options.QueueMaxBytes, options.QueueOverflow, options.MaxInflight, options.QueueMaxAge),
            Peer = BridgeText.Of(options.Address),
            Protocol = "bridge",
        };
        _links = new LinkServices(
            options, _session, new TopicMapping(options.Forward), new TopicMapping(options.Receive), broker, drops, _counters, clock, logger,
            protocol => Enter(BridgeState.Connected, protocol: protocol));
    }

    /// <summary>ClientId of the bridge's session with the local broker, whose queue is the bridge's.</summary>
    public string ClientId => _session.ClientId;

    /// <summary>How the bridge is now. From any thread.</summary>
    public BridgeStatus Status => _status with
    {
        Sent = _counters.Sent,
        Acknowledged = _counters.Acknowledged,
        Received = _counters.Received,
        Dropped = _counters.Dropped,
    };

    /// <summary>
    /// Sees to it that the session is there and subscribes to what is to be forwarded, and no more. From then on it queues. To be awaited
    /// before listeners open, so that nothing is missed; <see cref="RunAsync"/> does it else.
    /// </summary>
    public async Task PrepareAsync()
    {
        if (_isPrepared)
        {
            return;
        }

        var outcome = await _broker.ConnectAsync(_session, NoSink.Instance);
        var session = outcome.Session ?? throw new InvalidOperationException($"The local broker gives bridge {_options.Name} no session: {outcome.Refusal}.");
        var wanted = _options.Forward.Select(ToSubscription).DistinctBy(subscription => subscription.Filter).ToArray();
        await session.UnsubscribeAsync([.. session.Subscriptions.Select(had => had.Filter).Except(wanted.Select(subscription => subscription.Filter))]);
        foreach (var (index, answer) in (await session.SubscribeAsync(wanted)).Index())
        {
            if (answer > SubscribeOutcome.GrantedQos2)
            {
                _logger.RuleRefused(wanted[index].Filter.ToString(), _options.Name, answer);
            }
        }

        session.Disconnect(publishWill: false);
        _isPrepared = true;
    }

    /// <summary>Runs the bridge: connects, and connects again whenever the connection is lost.</summary>
    /// <param name="stopping">Ends it, within a second.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        await PrepareAsync();
        var unacknowledged = 0;
        while (!stopping.IsCancellationRequested)
        {
            var version = _protocol.Next();
            Enter(BridgeState.Connecting);
            var end = await ConnectAsync(version, stopping);
            unacknowledged = end.Unacknowledged;
            if (!stopping.IsCancellationRequested)
            {
                await OnEndedAsync(end, stopping);
            }
        }

        Enter(BridgeState.Stopped);
        _logger.Stopped(_options.Name, unacknowledged);
    }

    /// <summary>One attempt to connect, and the connection it leads to.</summary>
    private async Task<LinkEnd> ConnectAsync(MqttVersion version, CancellationToken stopping)
    {
        var begun = _clock.GetTimestamp();
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            var greeting = await GreetingAsync(version, either.Token);
            await using var link = new UpstreamLink(_links, greeting, await UpstreamDialer.ConnectAsync(_options, _clock, either.Token));
            var end = await link.RunAsync(stopping);
            return end with { Lived = _clock.GetElapsedTime(begun) };
        }
        catch (OperationCanceledException)
        {
            return new LinkEnd($"no connection within {_options.ConnectTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception failure)
        {
            return new LinkEnd(failure.GetBaseException().Message) { Fault = UpstreamDialer.IsOutside(failure) ? null : failure };
        }
    }

    private async Task<UpstreamConnect> GreetingAsync(MqttVersion version, CancellationToken cancellation) => new()
    {
        Version = version,
        ClientId = _options.ClientId,
        UserName = _options.UserName,
        Password = await ReadPasswordAsync(cancellation),
        KeepAlive = _options.KeepAlive,
        ConnectTimeout = _options.ConnectTimeout,
        AcknowledgeTimeout = _options.AcknowledgeTimeout,
        ReceiveMaximum = _options.MaxInflight,
        MaxPacketSize = _options.MaxPacketSize,
        Subscriptions = [.. _options.Receive.Select(ToUpstreamSubscription)],
    };

    private async Task OnEndedAsync(LinkEnd end, CancellationToken stopping)
    {
        if (_protocol.OnEnded(end))
        {
            _logger.FallsBack(BridgeText.Of(_options.Address), _options.Name);
            return;
        }

        if (end.WasConnected)
        {
            _reported = null;
        }

        if (end.WasConnected && end.Lived >= LivedWell)
        {
            _backoff.Reset();
        }

        var wait = _backoff.Next();
        Enter(BridgeState.Waiting, end.Reason, wait);
        Report(end, wait.TotalSeconds);
        try
        {
            await Task.Delay(wait, _clock, stopping);
        }
        catch (OperationCanceledException)
        {
            // Stopped while waiting; the caller looks.
        }
    }

    /// <summary>Says how a connection or an attempt ended, once for each reason until messages pass again.</summary>
    private void Report(LinkEnd end, double seconds)
    {
        var address = BridgeText.Of(_options.Address);
        if (end.Fault is { } fault)
        {
            _logger.Faulted(_options.Name, seconds, fault);
        }
        else if (end.WasConnected)
        {
            _logger.Lost(_options.Name, address, end.Reason, end.Unacknowledged, seconds);
        }
        else if (end.Reason == _reported)
        {
            _logger.StillUnreachable(_options.Name, address, end.Reason, seconds);
        }
        else if (end.Refusal != ReasonCode.Success)
        {
            _logger.Refused(_options.Name, address, end.Reason, RefusalText.AdviceFor(end.Refusal), seconds);
        }
        else
        {
            _logger.Unreachable(_options.Name, address, end.Reason, seconds);
        }

        _reported = end.WasConnected ? null : end.Reason;
    }

    private void Enter(BridgeState state, string? error = null, TimeSpan? wait = null, string? protocol = null)
    {
        var now = _clock.GetUtcNow();
        _status = _status with { State = state, Since = now, NextAttempt = now + wait, Protocol = protocol, LastError = error ?? _status.LastError };
    }

    /// <summary>
    /// No identifier: a queued message may outlive the configuration that numbered the rules, so its rule is found by its topic. What was
    /// retained when the rule was new is forwarded once; what came from upstream itself is not.
    /// </summary>
    private static Subscription ToSubscription(BridgeRule rule) => new()
    {
        Filter = rule.Filter,
        MaximumQos = rule.Qos,
        NoLocal = true,
        RetainAsPublished = true,
        RetainHandling = RetainHandling.SendIfNew,
    };

    private static Subscription ToUpstreamSubscription(BridgeRule rule, int index) => new()
    {
        Filter = rule.Filter,
        MaximumQos = rule.Qos,
        NoLocal = !rule.Filter.ToString().StartsWith("$share/", StringComparison.Ordinal), // [MQTT-3.8.3-4]
        RetainAsPublished = true,
        RetainHandling = RetainHandling.SendIfNew,
        Identifier = (uint)index + 1,
    };

    /// <summary>The content of the password file without its final line break; null when there is no such setting.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadPasswordAsync(CancellationToken cancellation)
    {
        if (_options.PasswordFile is not { } file)
        {
            return null;
        }

        var octets = await File.ReadAllBytesAsync(file, cancellation);
        return octets.AsSpan() switch
        {
            [.., (byte)'\r', (byte)'\n'] => octets.AsMemory(..^2),
            [.., (byte)'\n'] => octets.AsMemory(..^1),
            _ => octets,
        };
    }

    /// <summary>For the moment in which the session is only set up.</summary>
    private sealed class NoSink : IDeliverySink
    {
        public static readonly NoSink Instance = new();

        public void OnDeliveriesWaiting()
        {
        }

        public void OnDetached(DetachReason reason)
        {
        }
    }
}
