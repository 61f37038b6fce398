using Edge.LocalBroker.Access;
using Edge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>A broker with a store, a clock and a log that the test holds in its hands.</summary>
internal sealed class TestBroker : IDisposable
{
    private readonly BrokerOptions _options;

    public TestBroker(BrokerOptions? options = null, MemoryStore? store = null, FakeTimeProvider? clock = null, AccessControl? access = null, string? clientEventsOf = null)
    {
        _options = options ?? new BrokerOptions();
        Store = store ?? new MemoryStore();
        Clock = clock ?? new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Broker = new Broker(_options, Store, Store, Drops, Clock, Log, access, clientEventsOf);
        Broker.Start();
    }

    public MemoryStore Store { get; }

    public FakeTimeProvider Clock { get; }

    public DropCounter Drops { get; } = new();

    public ErrorLog Log { get; } = new();

    public Broker Broker { get; }

    /// <summary>Losses by cause, but for the causes that have none.</summary>
    public Dictionary<DropCause, long> Lost =>
        Enum.GetValues<DropCause>().Where(cause => Drops.Read(cause) > 0).ToDictionary(cause => cause, Drops.Read);

    public Task<TestClient> ConnectAsync(string clientId, TimeSpan expiry = default, bool cleanStart = false, int window = 65_535, WillMessage? will = null) =>
        ConnectAsync(new ConnectRequest
        {
            ClientId = clientId,
            SessionExpiry = expiry,
            CleanStart = cleanStart,
            ReceiveMaximum = window,
            Will = will,
        });

    public async Task<TestClient> ConnectAsync(ConnectRequest request)
    {
        var sink = new RecordingSink();
        var outcome = await Kept(Broker.ConnectAsync(request, sink));
        Assert.Equal(ConnectRefusal.None, outcome.Refusal);
        return new TestClient(this, outcome.Session!, sink, outcome.SessionPresent);
    }

    /// <summary>A client with one subscription.</summary>
    public async Task<TestClient> SubscriberAsync(
        string clientId, string filter = "#", QualityOfService qos = QualityOfService.ExactlyOnce, TimeSpan expiry = default, int window = 65_535)
    {
        var client = await ConnectAsync(clientId, expiry, window: window);
        await client.SubscribeAsync(filter, qos);
        return client;
    }

    /// <summary>Lets the store commit and gives the answer that may have waited for it.</summary>
    public async Task<T> Kept<T>(ValueTask<T> call)
    {
        var task = call.AsTask();
        Store.Commit();
        return await task.WaitAsync(Names.Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>Publishes for the gateway itself, which has no session.</summary>
    public async Task<PublishOutcome> PublishAsync(string topic, string payload = "x", QualityOfService qos = QualityOfService.AtMostOnce, bool retain = false) =>
        await Kept(Broker.PublishAsync(Names.MessageOf(topic, payload, qos, retain), isOwn: true));

    /// <summary>Cuts the power and starts a broker on what the last commit left.</summary>
    public TestBroker Crash(AccessControl? access = null)
    {
        Dispose();
        return new TestBroker(_options, Store.Crash(), Clock, access);
    }

    public void Dispose()
    {
        Broker.Dispose();
        Drops.Dispose();
        Assert.Empty(Log.Lines);
    }
}
