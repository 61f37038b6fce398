using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap.Tests.Transfer;

/// <summary>The value of Block1 and Block2 (RFC 7959 §2.2).</summary>
public sealed class BlockTests
{
    [Theory]
    [InlineData(0x00, 0, false, 16, 0), InlineData(0x06, 0, false, 1_024, 0), InlineData(0x0E, 0, true, 1_024, 0), InlineData(0x33, 3, false, 128, 384)]
    [InlineData(0xFFFFFE, Block.MaxNumber, true, 1_024, 1_073_740_800)]
    public void A_value_says_which_block_it_is_and_where_in_the_body(uint value, uint number, bool isMore, int size, long offset)
    {
        Assert.True(Block.TryParse(value, out var block));
        Assert.Equal((number, isMore, size, offset, value), (block.Number, block.IsMore, block.Size, block.Offset, block.Value));
    }

    [Theory, InlineData(0x07), InlineData(0xFFFFFF), InlineData(0x1000000)]
    public void A_reserved_size_and_a_number_that_is_too_high_are_refused(uint value) => Assert.False(Block.TryParse(value, out _));

    [Theory, InlineData(1_500, 6), InlineData(1_024, 6), InlineData(1_023, 5), InlineData(64, 2), InlineData(16, 0), InlineData(3, 0)]
    public void The_largest_block_that_fits_is_found(int octets, int exponent) => Assert.Equal(exponent, Block.ExponentFor(octets));
}
