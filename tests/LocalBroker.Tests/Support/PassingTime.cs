using Microsoft.Extensions.Time.Testing;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>Lets time pass.</summary>
internal static class PassingTime
{
    /// <summary>Lets time pass, a step at a time, until an answer is there.</summary>
    public static async Task AdvanceUntilAsync(this FakeTimeProvider clock, Task answer, TimeSpan step)
    {
        using var limit = new CancellationTokenSource(Names.Limit);
        while (!answer.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            clock.Advance(step);
            await Task.Yield();
        }
    }
}
