using System.Net;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>Connections are taken in no faster than they may be; none is turned away for it.</summary>
public sealed class PacedTransportTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task As_many_as_the_rate_are_taken_in_at_once_and_the_others_in_their_turn()
    {
        var listener = await BindAsync(new Rate(2, TimeSpan.FromSeconds(1)));

        Assert.True(AcceptAsync(listener).IsCompleted);
        Assert.True(AcceptAsync(listener).IsCompleted);
        var third = AcceptAsync(listener);
        _clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(third.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.NotNull(await third.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.False(AcceptAsync(listener).IsCompleted);
    }

    [Fact]
    public async Task Who_waits_for_its_turn_does_not_hold_up_the_end()
    {
        var listener = await BindAsync(new Rate(1, TimeSpan.FromHours(1)));
        await AcceptAsync(listener);
        var waiting = AcceptAsync(listener);

        await listener.UnbindAsync(TestContext.Current.CancellationToken);

        Assert.Null(await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task A_listener_without_a_limit_is_Kestrel_s_own() => Assert.IsType<Sockets.Listener>(await BindAsync(default));

    [Fact]
    public async Task Each_listener_has_its_own_rate_in_the_order_in_which_they_are_bound()
    {
        var transport = new PacedTransport(new Sockets(), [Of(default), Of(new Rate(1, TimeSpan.FromHours(1)))], _clock);

        Assert.IsType<Sockets.Listener>(await transport.BindAsync(Anywhere, TestContext.Current.CancellationToken));
        Assert.IsNotType<Sockets.Listener>(await transport.BindAsync(Anywhere, TestContext.Current.CancellationToken));
    }

    private static Task<ConnectionContext?> AcceptAsync(IConnectionListener listener) => listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();

    private ValueTask<IConnectionListener> BindAsync(Rate rate) =>
        new PacedTransport(new Sockets(), [Of(rate)], _clock).BindAsync(Anywhere, TestContext.Current.CancellationToken);

    private MqttListener Of(Rate rate)
    {
        var settings = new ListenerSettings(enabled: true, 0) { MaxConnectionRate = rate };
        return new MqttListener("MQTT", "listeners.mqtt", settings) { Limits = new ListenerLimits("listeners.mqtt", settings, default, _clock) };
    }

    private sealed class Sockets : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new Listener());

        /// <summary>Has a connection for everyone, until it is unbound.</summary>
        public sealed class Listener : IConnectionListener
        {
            private bool _isUnbound;

            public EndPoint EndPoint => Anywhere;

            public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
                new(_isUnbound ? null : new DefaultConnectionContext());

            public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
            {
                _isUnbound = true;
                return ValueTask.CompletedTask;
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
