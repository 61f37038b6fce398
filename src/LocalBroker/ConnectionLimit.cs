namespace Edge.LocalBroker;

/// <summary>How many may be there at a time. For any thread; without a lock.</summary>
/// <param name="maximum">How many; 0 for any number.</param>
public sealed class ConnectionLimit(int maximum)
{
    private int _count;

    /// <summary>Takes a place, if there is one. Who got it calls <see cref="Leave"/> once.</summary>
    public bool TryEnter()
    {
        if (maximum == 0)
        {
            Enter();
            return true;
        }

        var count = Volatile.Read(ref _count);
        while (count < maximum)
        {
            var found = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (found == count)
            {
                return true;
            }

            count = found;
        }

        return false;
    }

    /// <summary>Takes a place in any case: for who comes in the stead of another, who leaves for it.</summary>
    public void Enter() => Interlocked.Increment(ref _count);

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
