namespace Edge.Protocols.Coap.Transfer;

/// <summary>How many octets the bodies in blocks that are under way may hold, all end points together. For any thread.</summary>
/// <param name="largest">Octets; 16 and up.</param>
public sealed class BodyBudget(long largest)
{
    private long _held;

    /// <summary>Octets held now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Takes room; false when there is not so much left.</summary>
    internal bool TryTake(int octets)
    {
        var isRoom = Interlocked.Add(ref _held, octets) <= largest;
        if (!isRoom)
        {
            Give(octets);
        }

        return isRoom;
    }

    /// <summary>Gives room back.</summary>
    internal void Give(int octets) => Interlocked.Add(ref _held, -octets);
}
