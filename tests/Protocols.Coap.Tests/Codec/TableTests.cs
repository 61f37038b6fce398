using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests.Codec;

/// <summary>Codes, option numbers and Content-Formats of the registries.</summary>
public sealed class TableTests
{
    [Theory]
    [InlineData(0x00, "0.00", false, false), InlineData(0x01, "0.01", true, false), InlineData(0x07, "0.07", true, false), InlineData(0x1F, "0.31", true, false)]
    [InlineData(0x45, "2.05", false, true), InlineData(0x5F, "2.31", false, true), InlineData(0x9D, "4.29", false, true), InlineData(0xA5, "5.05", false, true)]
    [InlineData(0x20, "1.00", false, false), InlineData(0xE1, "7.01", false, false)]
    public void A_code_is_a_class_and_a_detail(byte value, string text, bool isRequest, bool isResponse)
    {
        var code = new CoapCode(value);

        Assert.Equal((text, isRequest, isResponse), (code.ToString(), code.IsRequest, code.IsResponse));
        Assert.Equal(value is 0x20 or 0xE1, code.IsReserved);
    }

    [Theory]
    [InlineData("2.01", 0x41), InlineData("2.02", 0x42), InlineData("2.03", 0x43), InlineData("2.04", 0x44), InlineData("2.05", 0x45), InlineData("2.31", 0x5F)]
    [InlineData("4.00", 0x80), InlineData("4.01", 0x81), InlineData("4.02", 0x82), InlineData("4.03", 0x83), InlineData("4.04", 0x84), InlineData("4.05", 0x85)]
    [InlineData("4.06", 0x86), InlineData("4.08", 0x88), InlineData("4.12", 0x8C), InlineData("4.13", 0x8D), InlineData("4.15", 0x8F), InlineData("4.29", 0x9D)]
    [InlineData("5.00", 0xA0), InlineData("5.01", 0xA1), InlineData("5.03", 0xA3), InlineData("5.05", 0xA5)]
    public void Every_code_of_ours_is_that_of_the_registry(string text, byte value) => Assert.Contains(
        new CoapCode(value),
        typeof(CoapCode).GetProperties().Where(property => property.PropertyType == typeof(CoapCode)).Select(property => (CoapCode)property.GetValue(null)!)
            .Where(code => code.ToString() == text));

    [Fact]
    public void Every_number_has_a_format_and_those_that_are_critical_are_odd()
    {
        Assert.All(Enum.GetValues<OptionNumber>(), number => Assert.NotNull(OptionFormat.Of(number)));
        Assert.Null(OptionFormat.Of((OptionNumber)2));
        Assert.Equal(
            [
                OptionNumber.IfMatch, OptionNumber.UriHost, OptionNumber.IfNoneMatch, OptionNumber.UriPort, OptionNumber.UriPath, OptionNumber.UriQuery, OptionNumber.Accept,
                OptionNumber.Block2, OptionNumber.Block1, OptionNumber.ProxyUri, OptionNumber.ProxyScheme,
            ],
            Enum.GetValues<OptionNumber>().Where(number => new CoapOption(number, default).IsCritical));
    }

    [Theory]
    [InlineData(0, "text/plain;charset=utf-8"), InlineData(40, "application/link-format"), InlineData(50, "application/json"), InlineData(60, "application/cbor")]
    [InlineData(110, "application/senml+json"), InlineData(111, "application/sensml+json"), InlineData(112, "application/senml+cbor"), InlineData(113, "application/sensml+cbor")]
    [InlineData(310, "application/senml+xml"), InlineData(114, "application/senml-exi")]
    public void A_Content_Format_stands_for_a_media_type(ushort number, string mediaType) =>
        Assert.Equal((mediaType, number), (ContentFormat.MediaTypeOf(number), ContentFormat.Of(mediaType)));

    [Theory]
    [InlineData("text/plain", 0), InlineData("Text/Plain; charset=\"UTF-8\"", 0), InlineData("APPLICATION/JSON", 50)]
    [InlineData("text/plain;charset=latin1", null), InlineData("image/x-own", null), InlineData("", null)]
    public void A_media_type_may_be_written_in_more_ways_than_one(string mediaType, int? number) =>
        Assert.Equal(number, ContentFormat.Of(mediaType));

    [Fact]
    public void A_Content_Format_that_is_not_known_goes_by_its_number() =>
        Assert.Equal(("65000", 65_000, null), (ContentFormat.MediaTypeOf(65_000), ContentFormat.Of("65000"), ContentFormat.Of("65536")));
}
