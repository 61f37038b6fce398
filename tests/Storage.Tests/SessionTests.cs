using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.Storage.Tests;

/// <summary>Sessions, subscriptions, exchanges and retained messages across a restart.</summary>
public sealed class SessionTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private TestStore _test;

    public SessionTests() => _test = TestStore.Open(_folder);

    public async ValueTask DisposeAsync()
    {
        await _test.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_session_comes_back_with_its_terms_and_its_will()
    {
        var connected = new SessionRecord { Number = 1, ClientId = "Ζαΐρα", Expiry = TimeSpan.MaxValue };
        var gone = new SessionRecord
        {
            Number = 4_194_303,
            ClientId = "sensor",
            UserName = "alice",
            Peer = "192.0.2.1:0",
            CertificateName = "press-7",
            Acl = "{\"pub\":[\"p/#\"]}",
            Expiry = TimeSpan.FromSeconds(90),
            DisconnectedAt = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero),
            Will = new WillMessage(TestStore.MessageOn("plant/will", "gone"), TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
        };
        _test.Store.SaveSession(connected with { ClientId = "earlier" });
        _test.Store.SaveSession(gone);
        await _test.Store.CommitAsync();
        _test.Store.SaveSession(connected);

        await ReopenAsync();

        Assert.Equal(connected, _test.State.Sessions[0].Record);
        var record = _test.State.Sessions[1].Record;
        Assert.Equal(gone with { Will = null }, record with { Will = null });
        Assert.Equal((gone.Will.Delay, gone.Will.ExpiryInterval), (record.Will!.Delay, record.Will.ExpiryInterval));
        Assert.True(Messages.AreEqual(gone.Will.Message, record.Will.Message));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_Will_goes_from_its_session_with_the_message_that_it_becomes(bool isDelayed)
    {
        var session = TestStore.Session(1);
        _test.Store.SaveSession(session with { Will = new WillMessage(TestStore.MessageOn("plant/will", "gone")) });
        if (isDelayed)
        {
            _test.Store.SaveDelayed(TestStore.Delayed(1), parted: session);
        }
        else
        {
            _test.Store.Append([], parted: session);
        }

        await ReopenAsync();

        Assert.Equal(session, Assert.Single(_test.State.Sessions).Record);
        Assert.Equal(isDelayed ? 1 : 0, _test.State.Delayed.Count);
    }

    [Fact]
    public async Task Subscriptions_come_back_as_they_were_last()
    {
        _test.Store.SaveSession(TestStore.Session(1));
        _test.Store.SaveSession(TestStore.Session(2));
        var kept = new Subscription
        {
            Filter = Filter("$share/group/plant/+/#"),
            MaximumQos = QualityOfService.ExactlyOnce,
            NoLocal = true,
            RetainAsPublished = true,
            RetainHandling = RetainHandling.DoNotSend,
            Identifier = 268_435_455,
        };
        _test.Store.SaveSubscription(1, kept with { MaximumQos = QualityOfService.AtMostOnce });
        _test.Store.SaveSubscription(1, new Subscription { Filter = Filter("a") });
        _test.Store.SaveSubscription(2, new Subscription { Filter = Filter("a") });
        await _test.Store.CommitAsync();
        _test.Store.SaveSubscription(1, kept);
        _test.Store.DeleteSubscription(1, Filter("a"));

        await ReopenAsync();

        Assert.Equal([kept], _test.State.Sessions[0].Subscriptions);
        Assert.Equal([new Subscription { Filter = Filter("a") }], _test.State.Sessions[1].Subscriptions);
    }

    [Fact]
    public async Task Exchanges_come_back_until_they_are_released()
    {
        _test.Store.SaveSession(TestStore.Session(1));
        foreach (var packetId in new ushort[] { 1, 2, 65_535 })
        {
            _test.Store.Append([], new ReceivedExchange(1, packetId));
        }

        await _test.Store.CommitAsync();
        _test.Store.RemoveReceived(new ReceivedExchange(1, 2));
        _test.Store.RemoveReceived(new ReceivedExchange(1, 1));
        _test.Store.Append([], new ReceivedExchange(1, 1));

        await ReopenAsync();

        Assert.Equal([(ushort)1, (ushort)65_535], Assert.Single(_test.State.Sessions).ReceivedPacketIds);
    }

    [Fact]
    public async Task A_deleted_session_takes_all_that_was_its_own_along()
    {
        foreach (var number in new long[] { 1, 2 })
        {
            _test.Store.SaveSession(TestStore.Session(number));
            _test.Store.SaveSubscription(number, new Subscription { Filter = Filter("a") });
            _test.Store.Append([_test.Entry(number, 0)], new ReceivedExchange(number, 3));
        }

        await _test.Store.CommitAsync();
        _test.Store.DeleteSession(1);
        await ReopenAsync();
        _test.Store.SaveSession(TestStore.Session(1));
        await ReopenAsync();

        var (fresh, other) = (_test.State.Sessions[0], _test.State.Sessions[1]);
        Assert.Equal((0, 0, 0), (fresh.Subscriptions.Count, fresh.ReceivedPacketIds.Count, fresh.Entries.Count));
        Assert.Equal((1, 1, 1), (other.Subscriptions.Count, other.ReceivedPacketIds.Count, other.Entries.Count));
    }

    [Fact]
    public async Task The_last_retained_message_of_each_topic_comes_back()
    {
        _test.Store.SaveRetained(TestStore.MessageOn("a", "1"));
        _test.Store.SaveRetained(TestStore.MessageOn("b", "2"));
        _test.Store.SaveRetained(TestStore.MessageOn("c", "3"));
        await _test.Store.CommitAsync();
        var latest = TestStore.MessageOn("a", "a longer value than before") with { Retain = true };
        _test.Store.SaveRetained(latest);
        _test.Store.DeleteRetained(TestStore.MessageOn("b").Topic);

        await ReopenAsync();

        Assert.Equal(["a", "c"], _test.State.Retained.Select(message => message.Topic.ToString()).Order());
        Assert.True(Messages.AreEqual(latest, _test.State.Retained.Single(message => message.Topic == latest.Topic)));
    }

    [Fact]
    public void What_was_kept_is_handed_out_once() => Assert.Throws<InvalidOperationException>(() => _test.Store.Load());

    private static TopicFilter Filter(string text)
    {
        Assert.True(TopicFilter.TryParse(text, out var filter));
        return filter;
    }

    private async Task ReopenAsync()
    {
        await _test.DisposeAsync();
        Assert.Empty(_test.Logger.Errors);
        _test = TestStore.Open(_folder);
    }
}
