using System.Text;
using CsCheck;
using Edge.Messaging.Wire;

namespace Edge.Messaging.Tests.Wire;

/// <summary>Text on the wire (MQTT 5.0 §1.5.4): what is no text is refused, never mended.</summary>
public sealed class Utf8TextTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [Theory]
    [InlineData("", "")]
    [InlineData("61", "a")]
    [InlineData("EFBBBF61", "\uFEFFa")] // A byte order mark is a character like any other ([MQTT-1.5.4-3]).
    [InlineData("F0AA9B94", "\U0002A6D4")]
    [InlineData("EFBFBF", "\uFFFF")]
    public void Well_formed_octets_are_decoded(string hex, string expected)
    {
        Assert.True(Utf8Text.TryDecode(Convert.FromHexString(hex), out var text));
        Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("610062")]
    [InlineData("C080")] // U+0000 in disguise
    [InlineData("C1BF")]
    [InlineData("80")]
    [InlineData("E282")]
    [InlineData("EDA080")] // a surrogate ([MQTT-1.5.4-1])
    [InlineData("F4908080")] // beyond U+10FFFF
    [InlineData("FF")]
    public void U_0000_and_ill_formed_octets_are_refused(string hex)
    {
        Assert.False(Utf8Text.TryDecode(Convert.FromHexString(hex), out var text));
        Assert.Null(text);
        Assert.False(Utf8Text.IsValid(Convert.FromHexString(hex)));
    }

    [Fact]
    public void Agrees_with_the_strict_decoder_on_any_octets() =>
        Gen.Byte.Array[0, 8].Sample(octets =>
        {
            var valid = Utf8Text.TryDecode(octets, out var text);
            try
            {
                return valid ? text == Strict.GetString(octets) : Array.IndexOf(octets, (byte)0) >= 0 || Strict.GetString(octets) is null;
            }
            catch (DecoderFallbackException)
            {
                return !valid;
            }
        });

    [Fact] // No theory: an attribute cannot hold half a character.
    public void A_text_of_the_program_may_hold_no_half_character()
    {
        Assert.True(Utf8Text.IsValid(""));
        Assert.True(Utf8Text.IsValid("a🌡b🌡"));
        Assert.False(Utf8Text.IsValid("a\0"));
        Assert.False(Utf8Text.IsValid("\uD83C"));
        Assert.False(Utf8Text.IsValid("\uDF21\uD83C"));
        Assert.False(Utf8Text.IsValid("\uD83C\uDF21\uD83C"));
    }
}
