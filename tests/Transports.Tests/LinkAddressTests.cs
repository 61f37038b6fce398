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
}
