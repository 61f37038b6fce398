using System.Net;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Edge.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>A rate that holds for each address by itself.</summary>
public sealed class RatePerAddressTests
{
    private static readonly LinkAddress Here = At("192.0.2.7:5000");

    private readonly FakeTimeProvider _clock = new();
    private readonly RatePerAddress _rate;

    public RatePerAddressTests() => _rate = RatePerAddress.For(new Rate(2, TimeSpan.FromSeconds(1)), _clock)!;

    [Fact]
    public void Without_a_limit_there_is_nothing_to_ask() => Assert.Null(RatePerAddress.For(default, _clock));

    [Fact]
    public void What_comes_too_early_is_refused_and_costs_nothing_more()
    {
        Assert.Equal([true, true, false, false, false], Enumerable.Range(0, 5).Select(_ => Take(Here)));

        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal([true, false], [Take(Here), Take(Here)]);

        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal([true, true, false], [Take(Here), Take(Here), Take(Here)]);
    }

    [Theory]
    [InlineData("192.0.2.7:5000", "192.0.2.7:5001", true)]
    [InlineData("192.0.2.7:5000", "192.0.2.8:5000", false)]
    [InlineData("[2001:db8::1]:5000", "[2001:db8::ffff:1]:7", true)]
    [InlineData("[2001:db8::1]:5000", "[2001:db8:0:1::1]:5000", false)]
    public void An_address_is_one_of_IPv4_or_a_network_of_IPv6_whatever_the_port(string one, string other, bool isTheSame)
    {
        Assert.True(Take(At(one)) && Take(At(one)));

        Assert.Equal(!isTheSame, Take(At(other)));
        Assert.Equal(!isTheSame, Take(At(other).Behind([1, 2])));
    }

    [Fact]
    public void A_serial_device_and_each_radio_behind_one_are_addresses_of_their_own()
    {
        LinkAddress[] places = [LinkAddress.OfDevice("a"), LinkAddress.OfDevice("b"), LinkAddress.OfRadio(1, "a"), LinkAddress.OfRadio(2, "a")];

        Assert.All(places, place => Assert.Equal([true, true, false], [Take(place), Take(place.Behind([7])), Take(place)]));
    }

    [Fact]
    public void A_flood_from_invented_addresses_takes_a_bounded_memory_and_who_keeps_sending_is_not_forgotten_by_it()
    {
        Assert.True(Take(Here) && Take(Here));
        for (var i = 0; i < 10 * RatePerAddress.MostAddresses; i++)
        {
            Assert.True(Take(LinkAddress.From(new IPEndPoint(0x0A + ((long)i << 8), 5000))));
            if (i % 1_000 == 0)
            {
                Assert.False(Take(Here));
            }
        }

        Assert.InRange(_rate.Count, 1, 2 * RatePerAddress.MostAddresses);
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        Take(Here);
        Assert.Equal(0, Allocations.PerCall(() => Take(Here)));
    }

    private static LinkAddress At(string endPoint) => LinkAddress.From(IPEndPoint.Parse(endPoint));

    private bool Take(LinkAddress address) => _rate.TryTake(address, _clock.GetTimestamp());
}
