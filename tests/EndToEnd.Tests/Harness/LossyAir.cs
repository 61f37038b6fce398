namespace Edge.EndToEnd.Tests.Harness;

/// <summary>One direction of a radio link: it loses frames, doubles them, and lets them overtake each other.</summary>
internal sealed class LossyAir(int seed)
{
    private const double Loss = 0.10;
    private const double Doubling = 0.05;
    private const double Holding = 0.05;

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private byte[]? _held;

    /// <summary>What comes out at the other end for one frame that goes in, in order.</summary>
    public byte[][] Carry(byte[] frame)
    {
        lock (_lock)
        {
            var late = _held;
            _held = null;
            var fate = _random.NextDouble();
            List<byte[]> carried = [];
            if (fate < Holding)
            {
                _held = frame;
            }
            else if (fate < Holding + Doubling)
            {
                carried.AddRange([frame, frame]);
            }
            else if (fate >= Holding + Doubling + Loss)
            {
                carried.Add(frame);
            }

            if (late is not null)
            {
                carried.Add(late);
            }

            return [.. carried];
        }
    }

    /// <summary>What is held does not come out any more.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _held = null;
        }
    }
}
