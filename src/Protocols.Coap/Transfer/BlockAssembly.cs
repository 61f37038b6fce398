using System.Buffers;

namespace Edge.Protocols.Coap.Transfer;

/// <summary>The body of a request that comes in blocks; it is used when it is whole, and never before (RFC 7959 §2.5).</summary>
/// <param name="largest">Octets of the longest body; 1 and up.</param>
/// <param name="budget">Room that it shares with others.</param>
internal sealed class BlockAssembly(int largest, BodyBudget budget) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _body = new();

    /// <summary>What came so far.</summary>
    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    /// <summary>Whether nothing came since the last look: see <see cref="CoapPeer"/>.</summary>
    public bool IsStale { get; set; }

    /// <summary>Adds a block. The first may come again at any time, and begins anew.</summary>
    /// <param name="block">Which it is.</param>
    /// <param name="payload">Its octets.</param>
    /// <returns>What is to be answered, or done.</returns>
    public BlockOutcome Add(Block block, ReadOnlySpan<byte> payload)
    {
        IsStale = false;
        if (payload.Length > block.Size || (block.IsMore && payload.Length != block.Size))
        {
            return BlockOutcome.Malformed;
        }

        if (block.Number == 0)
        {
            Dispose();
        }

        if (block.Offset != _body.WrittenCount)
        {
            // The client may go on with smaller blocks, which begin where the last ended; the last one may come again when its answer was lost.
            return block.Offset + payload.Length == _body.WrittenCount && block.IsMore ? BlockOutcome.Continue : BlockOutcome.Incomplete;
        }

        if (_body.WrittenCount + payload.Length > largest)
        {
            return BlockOutcome.TooLarge;
        }

        if (!budget.TryTake(payload.Length))
        {
            return BlockOutcome.NoRoom;
        }

        _body.Write(payload);
        return block.IsMore ? BlockOutcome.Continue : BlockOutcome.Whole;
    }

    /// <summary>Gives back its room.</summary>
    public void Dispose()
    {
        budget.Give(_body.WrittenCount);
        _body.ResetWrittenCount();
    }
}
