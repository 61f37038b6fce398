using System.Net;
using Edge.LocalBroker.Access;
using Microsoft.Extensions.Time.Testing;

namespace Edge.LocalBroker.Tests.Access;

public sealed class FailedAttemptsTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _clock = new();
    private readonly FailedAttempts _failures;

    public FailedAttemptsTests() => _failures = new FailedAttempts(_clock);

    [Fact]
    public void The_wait_doubles_up_to_ten_seconds() => Assert.Equal(
        [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000],
        Enumerable.Range(0, 9).Select(_ => _failures.Add(Here).TotalMilliseconds));

    [Fact]
    public void The_wait_stays_at_its_ceiling_however_often_one_fails() =>
        Assert.All(Enumerable.Range(0, 1_000).Select(_ => _failures.Add(Here)).ToList()[7..], wait => Assert.Equal(FailedAttempts.LongestDelay, wait));

    [Fact]
    public void After_a_quiet_time_an_address_begins_anew()
    {
        _failures.Add(Here);
        _failures.Add(Here);
        _clock.Advance(FailedAttempts.Memory);

        Assert.Equal(FailedAttempts.FirstDelay, _failures.Add(Here));
    }

    [Fact]
    public void Addresses_wait_for_their_own_failures_only()
    {
        _failures.Add(Here);

        Assert.Equal(FailedAttempts.FirstDelay, _failures.Add(IPAddress.Parse("192.0.2.2")));
    }

    [Fact]
    public void A_network_of_IPv6_counts_as_one_address()
    {
        _failures.Add(IPAddress.Parse("2001:db8::1"));

        Assert.Equal(2 * FailedAttempts.FirstDelay, _failures.Add(IPAddress.Parse("2001:db8::2")));
        Assert.Equal(FailedAttempts.FirstDelay, _failures.Add(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public void No_more_than_so_many_addresses_are_remembered_and_the_oldest_goes_first()
    {
        _failures.Add(Here);
        for (var i = 0; i < FailedAttempts.MostAddresses - 1; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            _failures.Add(new IPAddress(i + 1));
        }

        Assert.Equal(FailedAttempts.MostAddresses, _failures.Count);
        _failures.Add(IPAddress.Parse("198.51.100.1"));

        Assert.Equal(FailedAttempts.MostAddresses, _failures.Count);
        Assert.Equal(FailedAttempts.FirstDelay, _failures.Add(Here));
    }
}
