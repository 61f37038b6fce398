using System.Net;
using System.Net.Sockets;

namespace Edge.Transports.Tests;

public sealed class LinkAddressTests
{
    [Theory]
    [InlineData("192.0.2.7:50123"), InlineData("0.0.0.0:0"), InlineData("[2001:db8::7]:1884"), InlineData("[::1]:65535"), InlineData("[fe80::1%3]:1884")]
    public void Is_shown_as_the_end_point_it_stands_for(string text) => Assert.Equal(text, LinkAddress.From(IPEndPoint.Parse(text)).ToString());

    [Theory]
    [InlineData("192.0.2.7:50123", AddressFamily.InterNetwork, 16)]
    [InlineData("192.0.2.7:50123", AddressFamily.InterNetworkV6, 28)]
    [InlineData("[2001:db8::7]:1884", AddressFamily.InterNetworkV6, 28)]
    [InlineData("[fe80::1%3]:1884", AddressFamily.InterNetworkV6, 28)]
    public void Survives_the_way_through_a_socket_address(string text, AddressFamily family, int size)
    {
        var address = LinkAddress.From(IPEndPoint.Parse(text));
        var octets = new byte[32];

        Assert.Equal(size, address.Write(octets, family));

        Assert.Equal(address, LinkAddress.Read(octets));
    }

    [Fact]
    public void Is_written_as_the_system_wants_it()
    {
        var octets = new byte[32];
        LinkAddress.From(IPEndPoint.Parse("192.0.2.7:1884")).Write(octets, AddressFamily.InterNetwork);
        Assert.Equal("0200075CC0000207", Convert.ToHexString(octets, 0, 8));

        LinkAddress.From(IPEndPoint.Parse("[fe80::1%3]:1884")).Write(octets, AddressFamily.InterNetworkV6);
        Assert.Equal("0A00075C00000000FE80000000000000000000000000000103000000", Convert.ToHexString(octets, 0, 28));
    }

    [Fact]
    public void An_ipv6_address_does_not_fit_an_ipv4_socket() =>
        Assert.Equal(0, LinkAddress.From(IPEndPoint.Parse("[::1]:1884")).Write(new byte[32], AddressFamily.InterNetwork));

    [Fact]
    public void Ipv4_is_the_same_whichever_socket_saw_it() =>
        Assert.Equal(LinkAddress.From(IPEndPoint.Parse("192.0.2.7:5")), LinkAddress.From(IPEndPoint.Parse("[::ffff:192.0.2.7]:5")));

    [Theory]
    [InlineData("192.0.2.7:5", "192.0.2.7:6"), InlineData("192.0.2.7:5", "192.0.2.8:5"), InlineData("[fe80::1%3]:5", "[fe80::1%4]:5")]
    [InlineData("[2001:db8::7]:5", "[2001:db9::7]:5"), InlineData("[::1]:5", "0.0.0.1:5")]
    public void Differs_where_any_part_differs(string one, string other)
    {
        var (left, right) = (LinkAddress.From(IPEndPoint.Parse(one)), LinkAddress.From(IPEndPoint.Parse(other)));

        Assert.True(left != right);
        Assert.True(left == LinkAddress.From(IPEndPoint.Parse(one)));
        Assert.Equal(left.GetHashCode(), LinkAddress.From(IPEndPoint.Parse(one)).GetHashCode());
        Assert.False(left.Equals((object)right));
    }

    [Fact]
    public void Devices_radios_and_nodes_behind_forwarders_are_shown_as_what_they_are()
    {
        var device = LinkAddress.OfDevice("field");

        Assert.Equal("field", device.ToString());
        Assert.Equal("0013A20040A1B2C3@field", LinkAddress.OfRadio(0x0013_A200_40A1_B2C3, "field").ToString());
        Assert.Equal("field/0A01", device.Behind([0x0A, 0x01]).ToString());
        Assert.Equal("192.0.2.7:5/", LinkAddress.From(IPEndPoint.Parse("192.0.2.7:5")).Behind([]).ToString());
        Assert.Throws<InvalidOperationException>(() => device.ToEndPoint());
    }

    [Fact]
    public void Nodes_are_told_apart_by_device_radio_forwarder_and_node()
    {
        LinkAddress[] all =
        [
            LinkAddress.OfDevice("field"), LinkAddress.OfDevice("roof"), LinkAddress.OfRadio(0, "field"), LinkAddress.OfRadio(1, "field"),
            LinkAddress.OfRadio(1, "roof"), LinkAddress.OfDevice("field").Behind([]), LinkAddress.OfDevice("field").Behind([1]),
            LinkAddress.OfDevice("field").Behind([1, 0]), LinkAddress.OfRadio(1, "field").Behind([1]), default,
        ];

        Assert.Equal(all.Length, all.ToHashSet().Count);
        Assert.All(all, address => Assert.Equal(address, address.IsBehindForwarder ? address.Forwarder.Behind(address.Node) : address.Forwarder));
        Assert.Equal([false, false, true, true, true, false, false, false, true, false], all.Select(address => address.TryGetRadio(out _)));
    }

    [Fact]
    public void An_association_is_somebody_else_than_whoever_else_is_at_its_end_point()
    {
        var place = LinkAddress.From(IPEndPoint.Parse("192.0.2.7:5"));
        var (one, other) = (place.OfAssociation(1), place.OfAssociation(2));

        Assert.True(one != place && one != other && one == place.OfAssociation(1));
        Assert.NotEqual(one.GetHashCode(), other.GetHashCode());
        Assert.Equal("192.0.2.7:5", one.ToString());
        Assert.Equal(one, one.Behind([7]).Forwarder);
    }

    [Theory]
    [InlineData("192.0.2.7:5", "192.0.2.7:6", true), InlineData("192.0.2.7:5", "192.0.2.8:5", false)]
    [InlineData("[2001:db8:0:1::7]:5", "[2001:db8:0:1:8::9]:6", true), InlineData("[2001:db8:0:1::7]:5", "[2001:db8:0:2::7]:5", false)]
    public void Limits_count_by_the_address_or_by_the_network_that_one_subscriber_has(string one, string other, bool areTogether) =>
        Assert.Equal(areTogether, LinkAddress.From(IPEndPoint.Parse(one)).Network == LinkAddress.From(IPEndPoint.Parse(other)).Network);
}
