using Edge.Transports.Dtls;

namespace Edge.Transports.Tests.Dtls;

public sealed class PskTableTests
{
    [Fact]
    public void Lines_are_identities_and_keys_as_mosquitto_has_them()
    {
        Assert.True(PskTable.TryParse("# devices\n\ndev1:00ff\r\nhall:2:press:A1b2 \nüber:01\n", out var table, out var wrongLine));

        Assert.Equal((3, 0), (table.Count, wrongLine));
        Assert.Equal([0x00, 0xFF], table.Find("dev1"));
        Assert.Equal([0xA1, 0xB2], table.Find("hall:2:press"));
        Assert.Equal([0x01], table.Find("über"));
        Assert.Null(table.Find("dev2"));
    }

    [Theory]
    [InlineData("dev1"), InlineData(":00"), InlineData("dev1:"), InlineData("dev1:0"), InlineData("dev1:0g"), InlineData("dev1:0x00"), InlineData("dev1: 00")]
    [InlineData("a:00\na:01")]
    public void A_line_that_is_none_is_named(string text)
    {
        Assert.False(PskTable.TryParse("# keys\n" + text, out var table, out var wrongLine));

        Assert.Equal((null, 2 + text.Count(letter => letter == '\n')), (table, wrongLine));
    }

    [Fact]
    public void Identities_and_keys_are_as_long_as_the_protocol_has_them_and_no_longer()
    {
        Assert.True(PskTable.TryParse($"{new string('i', 128)}:{new string('0', 128)}", out _, out _));
        Assert.False(PskTable.TryParse($"{new string('i', 129)}:00", out _, out _));
        Assert.False(PskTable.TryParse($"{new string('ü', 65)}:00", out _, out _));
        Assert.False(PskTable.TryParse($"i:{new string('0', 130)}", out _, out _));
    }

    [Fact]
    public void What_is_used_up_by_a_handshake_is_a_copy()
    {
        Assert.True(PskTable.TryParse("dev1:01", out var table, out _));

        table.Find("dev1")!.AsSpan().Clear();

        Assert.Equal([0x01], table.Find("dev1"));
    }
}
