namespace Edge.Storage.Tests;

/// <summary>The files of a store of some hundred pages as a power cut left them: the second half of everything is in the log only.</summary>
public sealed class FilledStore : IAsyncLifetime
{
    internal const int Sessions = 3;
    internal const int Entries = 400;
    internal const int Retained = 50;
    internal const int Delayed = 50;

    private readonly TemporaryFolder _origin = new();
    private TemporaryFolder? _cut;

    internal TemporaryFolder Folder => _cut!;

    public async ValueTask InitializeAsync()
    {
        await using (var test = TestStore.Open(_origin))
        {
            await FillAsync(test, part: 0);
        }

        await using (var test = TestStore.Open(_origin))
        {
            await FillAsync(test, part: 1);
            _cut = _origin.CutPower();
        }
    }

    public ValueTask DisposeAsync()
    {
        _origin.Dispose();
        _cut?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task FillAsync(TestStore test, int part)
    {
        for (var number = 1; number <= Sessions; number++)
        {
            test.Store.SaveSession(TestStore.Session(number));
            for (var position = part * Entries / 2; position < (part + 1) * Entries / 2; position++)
            {
                test.Append(number, position, TestStore.MessageOn($"plant/{number}/{position}", new string('x', 200)));
                if (position % 7 == 0)
                {
                    await test.Store.CommitAsync();
                }
            }
        }

        for (var topic = part * Retained / 2; topic < (part + 1) * Retained / 2; topic++)
        {
            test.Store.SaveRetained(TestStore.MessageOn($"retained/{topic}"));
        }

        for (var number = part * Delayed / 2; number < (part + 1) * Delayed / 2; number++)
        {
            test.Store.SaveDelayed(TestStore.Delayed(1 + number));
        }

        await test.Store.CommitAsync();
    }
}
