using System.Diagnostics;
using System.Globalization;

namespace Edge.Storage.Tests;

/// <summary>A process is killed while it writes; what it said was on disk must be there.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    [InlineData(20_000)]
    public async Task What_was_said_to_be_on_disk_is_there_after_a_kill_at_any_moment(int payload)
    {
        for (var round = 1; round <= 6; round++)
        {
            var said = await RunUntilAsync(lines: round * 97, payload, dieAt: -1);
            await CheckAsync(said, payload);
        }
    }

    [Fact]
    public async Task What_was_said_to_be_on_disk_is_there_after_a_kill_between_commit_and_checkpoint()
    {
        for (var position = 0; position <= 120; position += 40)
        {
            var said = await RunUntilAsync(lines: int.MaxValue, 8_000, dieAt: position);
            Assert.Contains(position, said["stored"]);
            await CheckAsync(said, 8_000);
        }
    }

    private async Task CheckAsync(ILookup<string, long> said, int payload)
    {
        // As a power cut leaves it, opened in a copy, so that the next round goes on with the very files that the kill left.
        using var copy = _folder.CutPower();
        await using var test = TestStore.Open(copy);
        Assert.Empty(test.Logger.Errors);
        var firstKept = said["removing"].DefaultIfEmpty(-1).Max() + 1;
        var entries = test.State.Sessions.SelectMany(session => session.Entries).ToDictionary(entry => entry.Position);
        Assert.All(said["stored"].Where(position => position >= firstKept), position => Assert.Contains(position, entries));
        Assert.All(
            said["received"].Where(position => position >= firstKept),
            position => Assert.True(entries[position].IsReceived));
        if (said["retained"].Any())
        {
            var value = BitConverter.ToInt64(Assert.Single(test.State.Retained).Payload.Span);
            Assert.True(value >= said["retained"].Max());
        }

        var read = await test.Store.ReadAsync(1, 0, EntryKey.MaxPosition);
        Assert.Equal(entries.Values.Where(entry => !entry.IsReceived).Select(entry => entry.Position), read.Select(message => message.Position));
        Assert.All(read, message => Assert.Equal(payload, message.Message!.Payload.Length));
    }

    /// <summary>Lets the writer run until it has said so many lines, or dies by itself, and gives all that it said.</summary>
    private async Task<ILookup<string, long>> RunUntilAsync(int lines, int payload, long dieAt)
    {
        string[] arguments =
        [
            _folder.Path,
            payload.ToString(CultureInfo.InvariantCulture),
            dieAt.ToString(CultureInfo.InvariantCulture),
        ];
        var program = Path.Combine(AppContext.BaseDirectory, "Edge.Storage.CrashWriter");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var said = new List<(string What, long Position)>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            said.Add((line[..space], long.Parse(line.AsSpan(space), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)));
            if (said.Count == lines)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(137, process.ExitCode);
        return said.ToLookup(line => line.What, line => line.Position);
    }
}
