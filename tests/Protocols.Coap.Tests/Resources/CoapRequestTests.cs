using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Resources;

namespace Edge.Protocols.Coap.Tests.Resources;

/// <summary>Options of requests, and what becomes of those that are not understood (RFC 7252 §5.4).</summary>
public sealed class CoapRequestTests
{
    [Fact]
    public void A_request_has_what_its_options_say()
    {
        var request = Read(
            (OptionNumber.IfMatch, "AA"), (OptionNumber.IfMatch, ""), (OptionNumber.UriHost, "67"), (OptionNumber.ETag, "0102"), (OptionNumber.ETag, "03"),
            (OptionNumber.IfNoneMatch, ""), (OptionNumber.Observe, ""), (OptionNumber.UriPort, "1633"), (OptionNumber.UriPath, "7073"), (OptionNumber.UriPath, "61C3A4"),
            (OptionNumber.ContentFormat, "32"), (OptionNumber.UriQuery, "713D31"), (OptionNumber.UriQuery, "72657461696E"), (OptionNumber.HopLimit, "10"), (OptionNumber.Accept, ""),
            (OptionNumber.Block2, "06"), (OptionNumber.Block1, "0E"), (OptionNumber.Size2, ""), (OptionNumber.Size1, "0400"), (OptionNumber.Echo, "BEEF"),
            (OptionNumber.NoResponse, "1A"), (OptionNumber.RequestTag, "77"));

        Assert.Equal((CoapCode.Put, "ps/aä", "q=1&retain"), (request.Method, string.Join('/', request.Path), string.Join('&', request.Query)));
        Assert.Equal((50, 0, 0u, true), ((int)request.ContentFormat!, (int)request.Accept!, request.Observe, request.IfNoneMatch));
        Assert.Equal(["AA", ""], request.IfMatch.Select(tag => Hex.Of(tag)));
        Assert.Equal(["0102", "03"], request.ETags.Select(tag => Hex.Of(tag)));
        Assert.Equal((0x0Eu, 0x06u, 1_024u, true), (request.Block1!.Value.Value, request.Block2!.Value.Value, request.Size1, request.WantsSize2));
        Assert.Equal(("BEEF", "77", 0x1Au), (Hex.Of(request.Echo), Hex.Of(request.RequestTag), request.NoResponse));
        Assert.Equal("hi"u8.ToArray(), request.Payload.ToArray());
    }

    [Theory]
    [InlineData(2, "", true), InlineData(65_534, "01", true), InlineData(9, "", false), InlineData(2_053, "01", false)]
    [InlineData((int)OptionNumber.Observe, "00000000", true), InlineData((int)OptionNumber.UriPort, "000000", false), InlineData((int)OptionNumber.UriPath, "FF", false)]
    [InlineData((int)OptionNumber.UriHost, "", false), InlineData((int)OptionNumber.ETag, "", true), InlineData((int)OptionNumber.IfNoneMatch, "01", false)]
    [InlineData((int)OptionNumber.Accept, "010203", false)]
    public void What_is_not_understood_is_passed_over_or_refused_when_it_is_critical(int number, string value, bool isPassedOver)
    {
        var isRead = TryRead(out var request, out var refusal, out var why, ((OptionNumber)number, value));

        Assert.Equal((isPassedOver, isPassedOver ? CoapCode.Empty : CoapCode.BadOption), (isRead, refusal));
        Assert.Equal(!isPassedOver, why.StartsWith($"option {number} is not ", StringComparison.Ordinal));
        Assert.Null(request.Observe);
        Assert.Empty(request.ETags);
    }

    [Fact]
    public void An_option_that_stands_twice_and_may_not_is_not_understood_the_second_time()
    {
        Assert.Equal(1, Read((OptionNumber.ContentFormat, "01"), (OptionNumber.ContentFormat, "02")).ContentFormat!.Value);
        Assert.False(TryRead(out _, out var refusal, out _, (OptionNumber.Accept, "01"), (OptionNumber.Accept, "02")));
        Assert.Equal(CoapCode.BadOption, refusal);
    }

    [Theory, InlineData(OptionNumber.Block1, "07"), InlineData(OptionNumber.Block2, "0F")]
    public void A_size_of_blocks_that_is_none_is_refused(OptionNumber number, string value)
    {
        Assert.False(TryRead(out _, out var refusal, out _, (number, value)));
        Assert.Equal(CoapCode.BadRequest, refusal);
    }

    [Theory, InlineData(OptionNumber.ProxyUri), InlineData(OptionNumber.ProxyScheme)]
    public void A_proxy_is_none_here(OptionNumber number)
    {
        Assert.False(TryRead(out _, out var refusal, out _, (number, "61")));
        Assert.Equal(CoapCode.ProxyingNotSupported, refusal);
    }

    [Fact]
    public void An_argument_is_found_by_its_long_name_or_its_short_one()
    {
        var request = Read((OptionNumber.UriQuery, Hex.Of("qos=1"u8)), (OptionNumber.UriQuery, Hex.Of("c=a=b"u8)), (OptionNumber.UriQuery, Hex.Of("retain"u8)), (OptionNumber.UriQuery, Hex.Of("q=2"u8)));

        Assert.Equal(("2", "a=b", "", null), (request.ValueOf("qos", "q"), request.ValueOf("clientid", "c"), request.ValueOf("retain", "r"), request.ValueOf("token", "t")));
    }

    private static CoapRequest Read(params (OptionNumber Number, string Value)[] options)
    {
        Assert.True(TryRead(out var request, out var refusal, out var why, options), why);
        Assert.Equal(CoapCode.Empty, refusal);
        return request;
    }

    private static bool TryRead(out CoapRequest request, out CoapCode refusal, out string why, params (OptionNumber Number, string Value)[] options)
    {
        var buffer = new byte[512];
        var writer = new CoapWriter(buffer, CoapType.Confirmable, CoapCode.Put, 7, [1]);
        foreach (var (number, value) in options)
        {
            writer.WriteOption(number, Hex.Parse(value));
        }

        writer.WritePayload("hi"u8);
        Assert.True(CoapMessage.TryParse(buffer.AsSpan(0, writer.Written), out var message, out _));
        return CoapRequest.TryRead(message, out request, out refusal, out why);
    }
}
