using CsCheck;
using Edge.Gateway.Configuration;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>Durations, sizes and misspelt words.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("0", "00:00:00")]
    [InlineData("500ms", "00:00:00.5000000")]
    [InlineData("10s", "00:00:10")]
    [InlineData("15m", "00:15:00")]
    [InlineData("12h", "12:00:00")]
    [InlineData("7d", "7.00:00:00")]
    [InlineData("0s", "00:00:00")]
    public void A_duration_is_a_number_and_a_unit(string text, string expected)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(expected, duration.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1w")]
    [InlineData("1h30m")]
    [InlineData("99999999999d")]
    [InlineData("99999999999999999999s")]
    public void Anything_else_is_no_duration(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void A_duration_is_written_so_that_it_reads_the_same() =>
        Gen.Long[0, 1_000_000_000].Sample(milliseconds =>
        {
            var duration = TimeSpan.FromMilliseconds(milliseconds);
            return DurationText.TryParse(DurationText.Format(duration), out var read) && read == duration;
        });

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("500/s", 500, 1)]
    [InlineData("1/1s", 1, 1)]
    [InlineData("1000/10s", 1_000, 10)]
    [InlineData("30/m", 30, 60)]
    [InlineData("7/2h", 7, 7_200)]
    [InlineData("1/d", 1, 86_400)]
    public void A_rate_is_a_number_and_a_time(string text, long amount, int seconds)
    {
        Assert.True(RateText.TryParseCount(text, out var rate));
        Assert.Equal(new Rate(amount, TimeSpan.FromSeconds(seconds)), rate);
        Assert.Equal(amount > 0, rate.IsLimited);
    }

    [Theory]
    [InlineData("64KiB/s", 65_536, 1)]
    [InlineData("1MiB/10s", 1_048_576, 10)]
    [InlineData("100B/m", 100, 60)]
    public void A_rate_of_octets_is_a_size_and_a_time(string text, long octets, int seconds)
    {
        Assert.True(RateText.TryParseSize(text, out var rate));
        Assert.Equal(new Rate(octets, TimeSpan.FromSeconds(seconds)), rate);
    }

    [Theory]
    [InlineData("")]
    [InlineData("500")]
    [InlineData("/s")]
    [InlineData("500/")]
    [InlineData("0/s")]
    [InlineData("-1/s")]
    [InlineData("1/100ms")]
    [InlineData("1/999ms")]
    [InlineData("1/0")]
    [InlineData("1/0s")]
    [InlineData("1/s/s")]
    [InlineData("1 /s")]
    [InlineData("1KiB/s")]
    [InlineData("1/w")]
    public void Anything_else_is_no_rate(string text) => Assert.False(RateText.TryParseCount(text, out _));

    [Theory]
    [InlineData("0B", 0)]
    [InlineData("512B", 512)]
    [InlineData("64KiB", 65_536)]
    [InlineData("256MiB", 268_435_456)]
    [InlineData("2GiB", 2_147_483_648)]
    [InlineData("1TiB", 1_099_511_627_776)]
    public void A_size_is_a_number_and_a_unit(string text, long expected)
    {
        Assert.True(SizeText.TryParse(text, out var octets));
        Assert.Equal(expected, octets);
        Assert.Equal(text, SizeText.Format(octets));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("KiB")]
    [InlineData("1KB")]
    [InlineData("1kib")]
    [InlineData("1 MiB")]
    [InlineData("9999999999TiB")]
    public void Anything_else_is_no_size(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("brigde", "bridge", 1)]
    [InlineData("same", "same", 0)]
    public void Words_are_as_far_apart_as_they_have_slips(string from, string to, int expected)
    {
        Assert.Equal(expected, EditDistance.Between(from, to));
        Assert.Equal(expected, EditDistance.Between(to, from));
    }
}
