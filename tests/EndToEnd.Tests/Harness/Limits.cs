namespace Edge.EndToEnd.Tests.Harness;

/// <summary>How long a test waits for an event before it fails. Generous: no test passes by waiting, so a limit costs time only where something is wrong.</summary>
internal static class Limits
{
    /// <summary>For whatever is not measured itself.</summary>
    public static TimeSpan Event { get; } = TimeSpan.FromSeconds(30);

    /// <summary>What the gateway is allowed for an orderly stop.</summary>
    public static TimeSpan Stop { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an event, and says which one did not come.</summary>
    public static async Task<T> OrFailAsync<T>(this Task<T> task, string what, TimeSpan? limit = null)
    {
        try
        {
            return await task.WaitAsync(limit ?? Event, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{what}: not within {limit ?? Event}.");
        }
    }

    /// <inheritdoc cref="OrFailAsync{T}"/>
    public static Task OrFailAsync(this Task task, string what, TimeSpan? limit = null) => DoneAsync(task).OrFailAsync(what, limit);

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }
}
