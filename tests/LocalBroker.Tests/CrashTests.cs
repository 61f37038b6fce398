using CsCheck;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests;

/// <summary>
/// Whatever the order of publishes, acknowledgements, commits, lost connections and power cuts: what was accepted, delayed or not, is
/// delivered, at QoS 2 exactly once, and in order.
/// </summary>
public sealed class CrashTests
{
    private static readonly Gen<(Step Step, int Count)[]> AnyRun = Gen.Select(
        Gen.Frequency((6, Step.PublishQos1), (6, Step.PublishQos2), (6, Step.ClientPublishes), (3, Step.PublishDelayed), (3, Step.ClientDelays), (5, Step.Commit), (6, Step.Turn), (3, Step.Pass), (2, Step.Reconnect), (1, Step.Crash)),
        Gen.Int[0, 5]).Array[1, 60];

    private enum Step
    {
        PublishQos1,
        PublishQos2,
        ClientPublishes,
        PublishDelayed,
        ClientDelays,
        Commit,
        Turn,
        Pass,
        Reconnect,
        Crash,
    }

    [Fact]
    public async Task Nothing_accepted_is_lost_and_quality_2_comes_exactly_once() =>
        await AnyRun.SampleAsync(
            async steps =>
            {
                using var world = new World();
                await world.BeginAsync();
                foreach (var (step, count) in steps)
                {
                    await world.TakeAsync(step, count);
                }

                await world.EndAsync();
            },
            iter: 2_000);

    private sealed class World : IDisposable
    {
        private const string Delayed = "$delayed/10/t";

        private readonly string[] _names = ["one", "two"];
        private readonly Receiver[] _receivers = new Receiver[2];
        private readonly Publisher _publisher = new();
        private readonly List<(string Payload, Task<PublishOutcome> Outcome)> _pending = [];
        private readonly List<string> _accepted = [];
        private readonly HashSet<string> _exactlyOnce = [];
        private TestBroker _broker = new(new BrokerOptions { MaxInflight = 3 });
        private TestClient? _publishing;
        private int _published;

        public void Dispose() => _broker.Dispose();

        public async Task BeginAsync()
        {
            for (var i = 0; i < _receivers.Length; i++)
            {
                _receivers[i] = new Receiver(await _broker.SubscriberAsync(_names[i], "t", i == 0 ? Qos1 : Qos2, expiry: Hour));
            }

            _publishing = await _broker.ConnectAsync("publisher", Hour);
            _publisher.Reconnect(_publishing.Session);
        }

        public async Task TakeAsync(Step step, int count)
        {
            switch (step)
            {
                case Step.PublishQos1 or Step.PublishQos2:
                    var qos = step == Step.PublishQos1 ? Qos1 : Qos2;
                    var payload = NextPayload('g', exactlyOnce: qos == Qos2);
                    Publish("t", payload, qos);
                    break;
                case Step.ClientPublishes:
                    _publisher.Publish(NextPayload('c', exactlyOnce: true));
                    break;
                case Step.PublishDelayed:
                    Publish(Delayed, NextPayload('h', exactlyOnce: true), Qos2);
                    break;
                case Step.ClientDelays:
                    _publisher.Publish(NextPayload('d', exactlyOnce: true), Delayed);
                    break;
                case Step.Pass:
                    _broker.Clock.Advance(TimeSpan.FromSeconds(1 + (2 * count)));
                    break;
                case Step.Commit:
                    await CommitAsync();
                    break;
                case Step.Turn:
                    _receivers[count % 2].Turn(answers: count);
                    break;
                case Step.Reconnect when count == 0:
                    _publishing!.Lose();
                    _publisher.Lose();
                    await ReconnectAsync();
                    break;
                case Step.Reconnect:
                    await ReconnectAsync(count % 2);
                    break;
                case Step.Crash:
                    NoteAccepted();
                    _pending.Clear();
                    _publisher.Lose();
                    _broker = _broker.Crash();
                    await ReconnectAsync(0);
                    await ReconnectAsync(1);
                    await ReconnectAsync();
                    break;
            }
        }

        public async Task EndAsync()
        {
            // What was received without an answer is sent again on a new connection, and only there.
            await ReconnectAsync(0);
            await ReconnectAsync(1);
            for (var idle = 0; idle < 3;)
            {
                _broker.Clock.Advance(TimeSpan.FromSeconds(10));
                var busy = _receivers[0].Turn() | _receivers[1].Turn() | !_publisher.IsIdle;
                await CommitAsync();
                idle = busy ? 0 : idle + 1;
            }

            NoteAccepted();
            Assert.Empty(_accepted.Except(_receivers[0].Got));
            Assert.Empty(_accepted.Except(_receivers[1].Got));
            Assert.Empty(_publisher.Accepted.Except(_receivers[1].Got));

            var twice = _receivers[1].Got.GroupBy(payload => payload).Where(group => group.Count() > 1).Select(group => group.Key);
            Assert.DoesNotContain(twice, _exactlyOnce.Contains);
            foreach (var receiver in _receivers)
            {
                foreach (var publisher in receiver.Got.Distinct().GroupBy(payload => payload[0]))
                {
                    var numbers = publisher.Select(payload => int.Parse(payload[1..], null)).ToList();
                    Assert.Equal(numbers.Order(), numbers);
                }
            }

            Assert.Equal((0, 0L), _broker.Broker.QueueOf("one"));
            Assert.Equal((0, 0L), _broker.Broker.QueueOf("two"));
            Assert.Equal(
                (0, 0, 0, 0), (_broker.Store.EntryCount, _broker.Store.ReceivedCount, _broker.Store.DelayedCount, _broker.Store.Orphans));
            Assert.Empty(_broker.Lost);
        }

        private void Publish(string topic, string payload, QualityOfService qos) =>
            _pending.Add((payload, _broker.Broker.PublishAsync(MessageOf(topic, payload, qos), isOwn: true).AsTask()));

        private string NextPayload(char publisher, bool exactlyOnce)
        {
            var payload = $"{publisher}{_published++}";
            if (exactlyOnce)
            {
                _exactlyOnce.Add(payload);
            }

            return payload;
        }

        private async Task CommitAsync()
        {
            _broker.Store.Commit();
            await Task.WhenAll(_pending.Select(pending => pending.Outcome)).WaitAsync(Limit);
            await _publisher.Answers().WaitAsync(Limit);
            NoteAccepted();
        }

        private void NoteAccepted()
        {
            _accepted.AddRange(_pending.Where(pending => pending.Outcome.IsCompletedSuccessfully).Select(pending => pending.Payload));
            _pending.RemoveAll(pending => pending.Outcome.IsCompletedSuccessfully);
            _publisher.Turn();
        }

        private async Task ReconnectAsync(int receiver) => _receivers[receiver].Reconnect(await _broker.ConnectAsync(_names[receiver], Hour));

        private async Task ReconnectAsync()
        {
            _publishing = await _broker.ConnectAsync("publisher", Hour);
            _publisher.Reconnect(_publishing.Session);
        }
    }
}
