using System.Buffers;

namespace Edge.Bridge;

/// <summary>What is to be sent: one buffer is filled while the other is written out, a piece at a time.</summary>
/// <remarks>
/// Pieces are small enough to tell a slow link from one that hangs, and large enough to carry many packets with each system call.
/// </remarks>
internal sealed class SentOctets
{
    private const int PieceSize = 32 * 1024;

    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _leaving = new();
    private int _left;

    /// <summary>Octets that no write has been given yet.</summary>
    public int Waiting => _filling.WrittenCount + _leaving.WrittenCount - _left;

    /// <summary>Room for a frame, all of which must be written.</summary>
    public Span<byte> Add(int size)
    {
        var frame = _filling.GetSpan(size)[..size];
        _filling.Advance(size);
        return frame;
    }

    /// <summary>Takes the next piece to write; the one before must have been written.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> piece)
    {
        if (_left == _leaving.WrittenCount)
        {
            _leaving.ResetWrittenCount();
            _left = 0;
            (_filling, _leaving) = (_leaving, _filling);
        }

        piece = _leaving.WrittenMemory[_left..];
        piece = piece.Length > PieceSize ? piece[..PieceSize] : piece;
        _left += piece.Length;
        return !piece.IsEmpty;
    }
}
