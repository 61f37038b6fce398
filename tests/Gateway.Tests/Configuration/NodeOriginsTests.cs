using System.Net;
using Edge.Transports;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>From where nodes may come.</summary>
public sealed class NodeOriginsTests : IDisposable
{
    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Theory]
    [InlineData("'loopback'", "127.0.0.1:1 127.9.9.9:1 [::1]:1")]
    [InlineData("'serial'", "field 0000000000000007@field")]
    [InlineData("'192.0.2.7'", "192.0.2.7:1")]
    [InlineData("['192.0.2.0/24', '2001:db8::/32']", "192.0.2.7:1 192.0.2.8:1 [2001:db8::1]:1")]
    [InlineData("['serial', '0.0.0.0/0']", "127.0.0.1:1 127.9.9.9:1 192.0.2.7:1 192.0.2.8:1 field 0000000000000007@field")]
    public void A_node_comes_from_there_by_its_own_address_or_its_forwarders(string written, string expected)
    {
        var origins = _loading.Settings($"mqttsn.qos_minus_one_from = {written}").QosMinusOneFrom!;
        LinkAddress[] places =
        [
            .. ((string[])["127.0.0.1:1", "127.9.9.9:1", "192.0.2.7:1", "192.0.2.8:1", "[::1]:1", "[2001:db8::1]:1"])
                .Select(endPoint => LinkAddress.From(IPEndPoint.Parse(endPoint))),
            LinkAddress.OfDevice("field"),
            LinkAddress.OfRadio(7, "field"),
        ];

        Assert.Equal(expected.Split(' ').Order(), places.Where(origins.Contains).Select(place => $"{place}").Order());
        Assert.All(places, place => Assert.Equal(origins.Contains(place), origins.Contains(place.Behind([1]))));
    }

    [Theory]
    [InlineData("[]"), InlineData("'anywhere'"), InlineData("7"), InlineData("['loopback', '192.0.2.0/33']")]
    public void Anything_else_is_a_fault(string written) => Assert.Contains(
        "mqttsn.qos_minus_one_from", Assert.Single(_loading.Load($"mqttsn.qos_minus_one_from = {written}").Faults).ToString(), StringComparison.Ordinal);
}
