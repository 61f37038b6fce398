using CsCheck;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap.Tests.Transfer;

/// <summary>Bodies in blocks (RFC 7959 §2.5, §2.9).</summary>
public sealed class BlockAssemblyTests
{
    private static readonly byte[] Body = [.. Enumerable.Range(0, 1_000).Select(i => (byte)i)];

    [Theory, InlineData(0), InlineData(3), InlineData(6)]
    public void A_body_is_whole_after_its_last_block(int exponent)
    {
        var assembly = new BlockAssembly(Body.Length, new BodyBudget(1 << 20));

        Assert.Equal(BlockOutcome.Whole, AddAll(assembly, exponent, from: 0));

        Assert.Equal(Body, assembly.Body.ToArray());
    }

    [Fact]
    public void A_block_that_comes_again_is_taken_once()
    {
        var assembly = new BlockAssembly(Body.Length, new BodyBudget(1 << 20));
        Assert.Equal(BlockOutcome.Continue, Add(assembly, 0, 4));
        Assert.Equal(BlockOutcome.Continue, Add(assembly, 1, 4));
        Assert.Equal(BlockOutcome.Continue, Add(assembly, 1, 4));

        Assert.Equal(BlockOutcome.Whole, AddAll(assembly, 4, from: 2));

        Assert.Equal(Body, assembly.Body.ToArray());
    }

    [Fact]
    public void The_client_may_go_on_with_smaller_blocks()
    {
        var assembly = new BlockAssembly(Body.Length, new BodyBudget(1 << 20));
        Assert.Equal(BlockOutcome.Continue, Add(assembly, 0, 4));

        Assert.Equal(BlockOutcome.Whole, AddAll(assembly, 2, from: 4));

        Assert.Equal(Body, assembly.Body.ToArray());
    }

    [Fact]
    public void A_first_block_begins_anew()
    {
        var assembly = new BlockAssembly(Body.Length, new BodyBudget(1 << 20));
        Add(assembly, 0, 4);
        Add(assembly, 1, 4);

        Assert.Equal(BlockOutcome.Whole, AddAll(assembly, 4, from: 0));

        Assert.Equal(Body, assembly.Body.ToArray());
    }

    [Fact]
    public void What_is_missing_too_long_or_not_as_it_says_is_told()
    {
        var assembly = new BlockAssembly(500, new BodyBudget(1 << 20));

        Assert.Equal(BlockOutcome.Incomplete, Add(assembly, 1, 4));
        Assert.Equal(BlockOutcome.Continue, Add(assembly, 0, 4));
        Assert.Equal(BlockOutcome.Incomplete, Add(assembly, 2, 4));
        Assert.Equal(BlockOutcome.Malformed, assembly.Add(new Block(1, IsMore: true, 4), Body.AsSpan(256, 255)));
        Assert.Equal(BlockOutcome.TooLarge, Add(assembly, 1, 4));
    }

    [Fact]
    public void Whatever_blocks_come_nothing_is_whole_but_what_was_sent_in_order() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 3], Gen.Bool).Array[1, 30].Sample(blocks =>
        {
            var assembly = new BlockAssembly(512, new BodyBudget(1 << 20));
            foreach (var (number, exponent, isMore) in blocks)
            {
                var block = new Block((uint)number, isMore, exponent);
                var part = Body.AsSpan((int)block.Offset, isMore ? block.Size : 5);
                var outcome = assembly.Add(block, part);
                Assert.True(Body.AsSpan(0, assembly.Body.Length).SequenceEqual(assembly.Body.Span));
                Assert.True(outcome != BlockOutcome.Whole || assembly.Body.Length == block.Offset + 5);
            }
        });

    private static BlockOutcome Add(BlockAssembly assembly, int number, int exponent)
    {
        var block = new Block((uint)number, IsMore: ((number + 1) << (exponent + 4)) < Body.Length, exponent);
        return assembly.Add(block, Body.AsSpan((int)block.Offset, (int)Math.Min(block.Size, Body.Length - block.Offset)));
    }

    private static BlockOutcome AddAll(BlockAssembly assembly, int exponent, int from)
    {
        var outcome = BlockOutcome.Continue;
        for (var number = from; outcome == BlockOutcome.Continue; number++)
        {
            outcome = Add(assembly, number, exponent);
        }

        return outcome;
    }
}
