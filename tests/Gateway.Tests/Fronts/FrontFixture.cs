using Edge.Gateway.Fronts;
using Edge.LocalBroker;
using Edge.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>What a front needs of the gateway: a broker with a store on disk, and a wheel by the test's clock.</summary>
internal sealed class FrontFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DropCounter _drops = new();
    private readonly SqliteStore _store;
    private readonly TimerWheel _wheel;

    public FrontFixture(TimeProvider clock, ILogger? log = null)
    {
        _store = SqliteStore.Open(new StorageOptions { Directory = _folder.Path }, _drops, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        Broker = new Broker(new BrokerOptions(), _store, _store, _drops, clock, NullLogger<Broker>.Instance);
        _wheel = new TimerWheel(clock);
        Services = new FrontServices(Broker, _drops, _wheel, clock, log ?? NullLogger.Instance);
    }

    public Broker Broker { get; }

    public FrontServices Services { get; }

    public async ValueTask DisposeAsync()
    {
        Broker.Dispose();
        await _store.StopAsync(TestContext.Current.CancellationToken);
        await _store.DisposeAsync();
        _wheel.Dispose();
        _drops.Dispose();
        _folder.Dispose();
    }
}
