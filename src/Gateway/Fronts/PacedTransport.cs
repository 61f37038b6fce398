using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Edge.Gateway.Fronts;

/// <summary>The sockets of Kestrel, with listeners that take connections in no faster than they may. Those beyond wait in the system's queue.</summary>
/// <param name="sockets">Kestrel's own.</param>
/// <param name="listeners">In the order in which they are bound.</param>
/// <param name="clock">Measures the rate.</param>
internal sealed class PacedTransport(IConnectionListenerFactory sockets, IEnumerable<MqttListener> listeners, TimeProvider clock) : IConnectionListenerFactory
{
    private readonly Queue<MqttListener> _unbound = new(listeners);

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var rate = TokenBucket.For(_unbound.Dequeue().Settings.MaxConnectionRate, clock);
        var listener = await sockets.BindAsync(endpoint, cancellationToken);
        return rate is null ? listener : new Listener(listener, rate, clock);
    }

    private sealed class Listener(IConnectionListener listener, TokenBucket rate, TimeProvider clock) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();
        private long _goOnAt;

        public EndPoint EndPoint => listener.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            if (clock.GetElapsedTime(clock.GetTimestamp(), _goOnAt) is { Ticks: > 0 } wait)
            {
                using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
                await Task.Delay(wait, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            // When nothing is listened to any more, this says so.
            var connection = await listener.AcceptAsync(cancellationToken);
            _goOnAt = rate.Take(1, clock.GetTimestamp());
            return connection;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await listener.UnbindAsync(cancellationToken);
            await _unbound.CancelAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await listener.DisposeAsync();
            await _unbound.CancelAsync();
            _unbound.Dispose();
        }
    }
}
