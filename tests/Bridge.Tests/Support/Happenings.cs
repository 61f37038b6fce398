namespace Edge.Bridge.Tests.Support;

/// <summary>What happened, in order, and a way to wait for what will happen.</summary>
internal sealed class Happenings<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _all = [];
    private TaskCompletionSource _next = New();

    public T[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    public void Add(T happening)
    {
        TaskCompletionSource next;
        lock (_gate)
        {
            _all.Add(happening);
            next = _next;
            _next = New();
        }

        next.SetResult();
    }

    /// <summary>The first, from a place on, that is as wanted; waits for it if need be.</summary>
    public async Task<T> FirstAsync(Func<T, bool> isWanted, int from = 0)
    {
        for (var seen = from; ;)
        {
            Task next;
            T[] unseen;
            lock (_gate)
            {
                unseen = [.. _all[seen..]];
                next = _next.Task;
            }

            foreach (var happening in unseen)
            {
                if (isWanted(happening))
                {
                    return happening;
                }
            }

            seen += unseen.Length;
            await next.Patiently();
        }
    }

    /// <summary>Waits until so many have happened.</summary>
    public async Task<T[]> AtLeastAsync(int count)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_all.Count >= count)
                {
                    return [.. _all];
                }

                next = _next.Task;
            }

            await next.Patiently();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
