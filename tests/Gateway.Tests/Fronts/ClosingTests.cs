using System.Buffers;
using System.IO.Pipelines;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>How a stream's loop ends: with the client's last word at once, with the gateway's when it can no longer be lost. The clock stands still.</summary>
public sealed class ClosingTests : IAsyncDisposable
{
    private const byte GoodBye = (byte)'G';
    private const byte Wrong = (byte)'W';

    private readonly FakeTimeProvider _clock = new();
    private readonly FrontFixture _gateway;
    private readonly Pipe _toGateway = new();
    private readonly Pipe _fromGateway = new();
    private readonly Task _running;

    public ClosingTests()
    {
        _gateway = new FrontFixture(_clock);
        var transport = new Transport(_toGateway.Reader, _fromGateway.Writer);
        _running = new StreamDriver<int>(new Peer(), _gateway.Services, new ListenerLimits("", new ListenerSettings(enabled: true, 0), default, _clock), "test", new PipeLink(transport, () => { }), TryReadOctet, 1).RunAsync();
    }

    [Fact]
    public async Task Closes_at_once_when_the_client_said_good_bye()
    {
        await _toGateway.Writer.WriteAsync(new[] { GoodBye }, TestContext.Current.CancellationToken);

        await _running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task After_its_own_last_word_it_waits_for_the_client_to_close()
    {
        await SayWrongAsync();
        Assert.False(_running.IsCompleted);

        await _toGateway.Writer.CompleteAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task It_waits_no_longer_than_half_a_second()
    {
        await SayWrongAsync();
        Assert.False(_running.IsCompleted);

        while (!_running.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    /// <summary>Says what is answered with a last word, and takes that.</summary>
    private async Task SayWrongAsync()
    {
        await _toGateway.Writer.WriteAsync(new[] { Wrong, Wrong }, TestContext.Current.CancellationToken);
        var read = await _fromGateway.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal([Wrong], read.Buffer.ToArray());
        _fromGateway.Reader.AdvanceTo(read.Buffer.End);
    }

    private static bool TryReadOctet(ref ReadOnlySequence<byte> arrived, int maxFrameSize, out ReadOnlySequence<byte> frame, out ParseError error)
    {
        error = ParseError.None;
        frame = arrived.Slice(0, Math.Min(1, arrived.Length));
        arrived = arrived.Slice(frame.Length);
        return frame.Length > 0;
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Peer : IPeer<int>
    {
        public bool WantsDelivery => false;

        public void OnFrame(ReadOnlySpan<byte> frame, IPeerEffects<int> effects)
        {
            if (frame[0] == Wrong)
            {
                frame.CopyTo(effects.Send(1));
            }

            effects.Close(publishWill: false);
        }

        public void OnConnected(ConnectOutcome outcome, IPeerEffects<int> effects) => throw new NotSupportedException();

        public void OnPublished(int reply, PublishOutcome outcome, IPeerEffects<int> effects) => throw new NotSupportedException();

        public void OnReleased(int reply, bool known, IPeerEffects<int> effects) => throw new NotSupportedException();

        public void OnSubscribed(int reply, ReadOnlySpan<SubscribeOutcome> outcomes, IPeerEffects<int> effects) => throw new NotSupportedException();

        public void OnUnsubscribed(int reply, ReadOnlySpan<bool> existed, IPeerEffects<int> effects) => throw new NotSupportedException();

        public void OnDelivery(in Delivery delivery, IPeerEffects<int> effects) => throw new NotSupportedException();

        public void OnTimer(PeerTimer timer, IPeerEffects<int> effects) => throw new NotSupportedException();

        public void OnDetached(DetachReason reason, IPeerEffects<int> effects) => throw new NotSupportedException();
    }
}
