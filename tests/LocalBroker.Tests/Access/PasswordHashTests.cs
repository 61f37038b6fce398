using System.Text;
using CsCheck;
using Edge.LocalBroker.Access;

namespace Edge.LocalBroker.Tests.Access;

public sealed class PasswordHashTests
{
    [Fact]
    public void A_hash_by_another_program_is_understood()
    {
        // python3: base64.b64encode(hashlib.pbkdf2_hmac('sha256', 'pässword'.encode(), b'saltsalt', 4096))
        Assert.True(PasswordHash.TryParse("pbkdf2-sha256$4096$c2FsdHNhbHQ=$KtgsZKbq6PrV2AWG+Vkf66gdATRjvRBE1AjujyCAW5M=", out var hash));

        Assert.True(hash.Matches("pässword"u8));
        Assert.False(hash.Matches("password"u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("pbkdf2-sha512$4096$c2FsdHNhbHQ=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$999$c2FsdHNhbHQ=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$10000001$c2FsdHNhbHQ=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$-4096$c2FsdHNhbHQ=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$4096$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$4096$c2FsdHNhbHQ=$AAAA")]
    [InlineData("pbkdf2-sha256$4096$!$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$4096$c2FsdHNhbHQ=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=$")]
    public void What_is_no_hash_is_refused(string text) => Assert.False(PasswordHash.TryParse(text, out _));

    [Fact]
    public void What_was_made_is_read_back_and_fits_its_password_alone() =>
        Gen.Select(Gen.String, Gen.String).Sample(
            (password, other) =>
            {
                var made = PasswordHash.Create(Encoding.UTF8.GetBytes(password), PasswordHash.LeastIterations);
                return PasswordHash.TryParse(made.ToText(), out var read)
                    && read.Equals(made)
                    && read.Matches(Encoding.UTF8.GetBytes(password))
                    && (password == other || !read.Matches(Encoding.UTF8.GetBytes(other)));
            },
            iter: 100);

    [Fact]
    public void Two_hashes_of_one_password_differ_and_show_nothing_in_a_log()
    {
        var (one, other) = (PasswordHash.Create("p"u8, PasswordHash.LeastIterations), PasswordHash.Create("p"u8, PasswordHash.LeastIterations));

        Assert.NotEqual(one, other);
        Assert.Equal("pbkdf2-sha256", $"{one}");
    }
}
