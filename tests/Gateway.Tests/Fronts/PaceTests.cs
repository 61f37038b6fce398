using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>A client that publishes too fast waits; nobody else does, nothing is lost, and its silence meanwhile is not held against it.</summary>
public sealed class PaceTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FrontFixture _gateway;

    public PaceTests() => _gateway = new FrontFixture(_clock);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Messages_beyond_the_rate_wait_and_none_is_lost()
    {
        var client = await StreamClient.ConnectAsync(_gateway.Services, Each(messages: new Rate(2, TimeSpan.FromSeconds(10))), 'c');

        await client.PublishAsync(4);

        await client.AcknowledgedAsync(1);
        await client.AcknowledgedAsync(2);
        Assert.Equal((2, 1), (_gateway.Broker.Metrics.MessagesReceived, _gateway.Broker.Metrics.PublishersPaused));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True(client.HasNothing());
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        await client.AcknowledgedAsync(3);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await client.AcknowledgedAsync(4);
        Assert.Equal(4, _gateway.Broker.Metrics.MessagesReceived);
    }

    [Fact]
    public async Task Octets_beyond_the_rate_wait_and_what_is_larger_than_the_rate_passes()
    {
        var client = await StreamClient.ConnectAsync(_gateway.Services, Each(octets: new Rate(10, TimeSpan.FromSeconds(1))), 'c');

        await client.PublishAsync(2, octets: 99); // With its topic each is 100 octets.

        await client.AcknowledgedAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(8.5));
        Assert.True(client.HasNothing());
        _clock.Advance(TimeSpan.FromSeconds(1));
        await client.AcknowledgedAsync(2);
    }

    [Fact]
    public async Task The_Keep_Alive_does_not_run_while_the_gateway_makes_the_client_wait()
    {
        var client = await StreamClient.ConnectAsync(_gateway.Services, Each(messages: new Rate(1, TimeSpan.FromSeconds(60))), 'c', keepAlive: 2);
        await client.PublishAsync(1);
        await client.AcknowledgedAsync(1);

        await client.SendAsync([0xC0, 0]); // PINGREQ, which nobody reads yet.
        for (var second = 0; second < 59; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(client.HasNothing());
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        await client.ExpectAsync([0xD0, 0]);

        // From then on it runs as before.
        _clock.Advance(TimeSpan.FromSeconds(2.5));
        await client.SendAsync([0xC0, 0]);
        await client.ExpectAsync([0xD0, 0]);
        await EndAsync(client);
    }

    [Fact]
    public async Task Other_clients_are_not_slowed_and_whoever_waits_gets_what_is_for_it()
    {
        var limits = Each(messages: new Rate(1, TimeSpan.FromSeconds(60)));
        var fast = await StreamClient.ConnectAsync(_gateway.Services, limits, 'f');
        var other = await StreamClient.ConnectAsync(_gateway.Services, limits, 'o');
        await fast.PublishAsync(2);
        await fast.AcknowledgedAsync(1);

        // Subscribing is not publishing, but it is read no sooner.
        var waiting = await StreamClient.ConnectAsync(_gateway.Services, limits, 'w');
        await waiting.SubscribeAsync();
        await waiting.PublishAsync(1);
        await waiting.AcknowledgedAsync(1);
        await waiting.ExpectAsync([0x30, 3, 0, 1, (byte)'t']);
        await other.PublishAsync(1);

        await other.AcknowledgedAsync(1);
        await waiting.ExpectAsync([0x30, 3, 0, 1, (byte)'t']);
        Assert.True(fast.HasNothing());
    }

    [Fact]
    public async Task The_rate_of_a_listener_is_for_all_its_clients_together()
    {
        var listener = new ListenerSettings(enabled: true, 0) { Publishing = new PublishRates(new Rate(2, TimeSpan.FromSeconds(60)), default) };
        var limits = new ListenerLimits("listeners.mqtt", listener, default, _clock);
        var one = await StreamClient.ConnectAsync(_gateway.Services, limits, 'a');
        var other = await StreamClient.ConnectAsync(_gateway.Services, limits, 'b');
        var elsewhere = await StreamClient.ConnectAsync(_gateway.Services, Each(), 'c');

        await one.PublishAsync(1);
        await one.AcknowledgedAsync(1);
        await other.PublishAsync(2);
        await other.AcknowledgedAsync(1);
        Assert.True(other.HasNothing());
        await elsewhere.PublishAsync(3);
        await elsewhere.AcknowledgedAsync(1);
        await elsewhere.AcknowledgedAsync(2);
        await elsewhere.AcknowledgedAsync(3);
        _clock.Advance(TimeSpan.FromSeconds(30.5));
        await other.AcknowledgedAsync(2);
    }

    [Fact]
    public async Task While_memory_is_short_a_message_a_second_is_taken_and_acknowledgements_with_it()
    {
        var client = await StreamClient.ConnectAsync(_gateway.Services, Each(), 'c');
        _gateway.Broker.IsShortOfMemory = true;

        await client.PublishAsync(3);

        await client.AcknowledgedAsync(1);
        Assert.Equal(1, _gateway.Broker.Metrics.MessagesReceived);
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        await client.AcknowledgedAsync(2);
        _gateway.Broker.IsShortOfMemory = false;
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        await client.AcknowledgedAsync(3);
        await client.PublishAsync(1);
        await client.AcknowledgedAsync(1);
    }

    [Fact]
    public async Task A_client_that_waits_is_parted_from_its_session_all_the_same()
    {
        var limits = Each(messages: new Rate(1, TimeSpan.FromSeconds(60)));
        var client = await StreamClient.ConnectAsync(_gateway.Services, limits, 'c');
        await client.PublishAsync(2);
        await client.AcknowledgedAsync(1);

        await StreamClient.ConnectAsync(_gateway.Services, limits, 'c');

        await EndAsync(client);
    }

    /// <summary>Waits for the end of a connection, for which it takes a moment that the other side closes, too.</summary>
    private async Task EndAsync(StreamClient client)
    {
        while (!client.Ended.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
    }

    private ListenerLimits Each(Rate messages = default, Rate octets = default) =>
        new("listeners.mqtt", new ListenerSettings(enabled: true, 0), new PublishRates(messages, octets), _clock);
}
