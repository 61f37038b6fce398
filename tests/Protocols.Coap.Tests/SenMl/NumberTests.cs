using System.Globalization;
using System.Text;
using CsCheck;
using Edge.Protocols.Coap.SenMl;

namespace Edge.Protocols.Coap.Tests.SenMl;

/// <summary>Numbers are decimals, exact, as far as a double goes.</summary>
public sealed class NumberTests
{
    [Theory]
    [InlineData("0", "0"), InlineData("-0", "0"), InlineData("23.10", "23.1"), InlineData("-0.050", "-0.05"), InlineData("1.320067464e+09", "1320067464"), InlineData("14E-1", "1.4")]
    [InlineData("1e20", "100000000000000000000"), InlineData("1e21", "1e21"), InlineData("12e-21", "0.000000000000000000012"), InlineData("1e-22", "1e-22"), InlineData("1.5e-300", "15e-301")]
    [InlineData("1234567890123456789012345678901234567", "1234567890123456789012345678901234567"), InlineData("0e999999999999", "0"), InlineData("1e-999999999999", "0")]
    [InlineData("0.1000000000000000055511151231257827021181583404541015625", "0.1"), InlineData("17976931348623157000000000000000000000000000000000", "17976931348623158e33")]
    public void A_number_is_written_in_as_few_digits_as_it_has(string text, string written) => Assert.Equal(written, Parse(text).ToString());

    [Theory]
    [InlineData("1e309"), InlineData("-1.8e308"), InlineData("1e999999999999")]
    public void What_no_double_holds_is_no_number(string text) => Assert.False(SenMlNumber.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("0.1", "0.2", "0.3"), InlineData("23.1", "-23.1", "0"), InlineData("1276020076.001", "-5", "1276020071.001"), InlineData("99", "1e-9", "99.000000001"), InlineData("0", "1e300", "1e300")]
    [InlineData("1e300", "1", "1e300"), InlineData("9999999999999999999999999999999999999", "9999999999999999999999999999999999999", "2e37")]
    public void Sums_are_exact_until_a_double_would_not_know_better(string one, string other, string sum)
    {
        Assert.True(SenMlNumber.TryAdd(Parse(one), Parse(other), out var number));
        Assert.Equal(sum, number.ToString());
        Assert.True(SenMlNumber.TryAdd(Parse(other), Parse(one), out var same));
        Assert.Equal(number, same);
    }

    [Fact]
    public void Sums_are_those_of_decimals() => Gen.Select(Gen.Decimal[-1_000_000_000, 1_000_000_000], Gen.Decimal[-1_000, 1_000]).Sample((one, other) =>
    {
        (one, other) = (Math.Round(one, 9), Math.Round(other, 6));
        Assert.True(SenMlNumber.TryAdd(Parse(one.ToString(CultureInfo.InvariantCulture)), Parse(other.ToString(CultureInfo.InvariantCulture)), out var sum));
        Assert.Equal(one + other, decimal.Parse(sum.ToString(), CultureInfo.InvariantCulture));
    });

    [Fact]
    public void Any_double_is_found_again() => Gen.Double.Where(double.IsFinite).Sample(value =>
    {
        Assert.True(SenMlNumber.TryFrom(value, out var number));
        Assert.Equal(value, number.ToDouble());
        Assert.Equal(value, double.Parse(number.ToString(), CultureInfo.InvariantCulture));
        Assert.Equal(number, Parse(number.ToString()));
    });

    private static SenMlNumber Parse(string text)
    {
        Assert.True(SenMlNumber.TryParse(Encoding.UTF8.GetBytes(text), out var number));
        return number;
    }
}
