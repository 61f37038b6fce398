namespace Edge.Bridge.Tests.Support;

/// <summary>A limit on every wait of a test, in real time.</summary>
internal static class Patience
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    public static Task Patiently(this Task task) => task.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);

    public static Task<T> Patiently<T>(this Task<T> task) => task.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);

    public static Task<T> Patiently<T>(this ValueTask<T> task) => task.AsTask().Patiently();
}
