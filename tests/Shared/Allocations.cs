namespace Edge.Testing;

/// <summary>Measures what code allocates on the managed heap.</summary>
internal static class Allocations
{
    private const int Rounds = 10;

    /// <summary>Octets that each call of <paramref name="action"/> allocates on this thread, once warm.</summary>
    /// <remarks>
    /// The least of ten rounds: what the action allocates, it allocates in every round, while the runtime itself allocates once in a while on
    /// any thread, such as when its cast cache grows.
    /// </remarks>
    public static long PerCall(Action action, int calls = 100)
    {
        Repeat(action, calls);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Repeat(action, calls);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least / calls;
    }

    private static void Repeat(Action action, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            action();
        }
    }
}
