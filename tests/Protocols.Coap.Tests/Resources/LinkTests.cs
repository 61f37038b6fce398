using Edge.Protocols.Coap.Resources;

namespace Edge.Protocols.Coap.Tests.Resources;

/// <summary>The CoRE Link Format and its queries (RFC 6690).</summary>
public sealed class LinkTests
{
    // The sensors of RFC 6690 §5.
    private static readonly Link[] Sensors =
    [
        new("/sensors", ("ct", "40"), ("title", "Sensor Index")),
        new("/sensors/temp", ("rt", "temperature-c"), ("if", "sensor"), ("obs", null)),
        new("/sensors/light", ("rt", "light-lux core.sen-light"), ("if", "sensor")),
    ];

    [Fact]
    public void Links_are_written_as_section_2_has_them() => Assert.Equal(
        "</sensors>;ct=\"40\";title=\"Sensor Index\",</sensors/temp>;rt=\"temperature-c\";if=\"sensor\";obs,</sensors/light>;rt=\"light-lux core.sen-light\";if=\"sensor\"",
        Link.Format(Sensors));

    [Theory]
    [InlineData("", "/sensors /sensors/temp /sensors/light"), InlineData("rt=light-lux", "/sensors/light"), InlineData("rt=core.sen-light", "/sensors/light")]
    [InlineData("rt=core.sen*", "/sensors/light"), InlineData("href=/sensors*", "/sensors /sensors/temp /sensors/light"), InlineData("href=/sensors", "/sensors")]
    [InlineData("if=sensor&rt=temp*", "/sensors/temp"), InlineData("title=Sensor Index", "/sensors"), InlineData("title=Sensor", ""), InlineData("obs", "/sensors/temp")]
    [InlineData("rt=\"light-lux\"", "/sensors/light"), InlineData("rt=*", "/sensors/temp /sensors/light"), InlineData("colour=red", "")]
    public void A_query_chooses_links(string query, string expected)
    {
        var arguments = query.Split('&', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(expected, string.Join(' ', Sensors.Where(link => link.Matches(arguments)).Select(link => link.ToString().Split('<', '>')[1])));
    }
}
