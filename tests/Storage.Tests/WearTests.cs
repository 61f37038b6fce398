using System.Globalization;

namespace Edge.Storage.Tests;

/// <summary>What a message costs the flash, as the kernel counts it. Alone, as the count is of the whole process.</summary>
[Collection("alone")]
public sealed class WearTests(ITestOutputHelper output)
{
    private const int Messages = 10_000;
    private const int PayloadOctets = 200;

    [Theory]
    [InlineData(20, 4.0)]
    [InlineData(100, 3.0)]
    public async Task A_stored_message_costs_few_times_its_size(int perCommit, double atMost)
    {
        using var folder = new TemporaryFolder();
        var payload = new string('x', PayloadOctets);
        long before;
        var useful = 0L;
        await using (var test = TestStore.OpenInHeldTime(folder))
        {
            test.Store.SaveSession(TestStore.Session(1));
            before = OctetsWritten();
            for (var position = 0; position < Messages;)
            {
                for (var end = position + perCommit; position < end; position++)
                {
                    var message = TestStore.MessageOn(string.Create(CultureInfo.InvariantCulture, $"plant/1/temp/{position:D7}"), payload) with { Origin = "sensor-0001" };
                    useful += PayloadOctets + message.Topic.ToString().Length;
                    test.Append(1, position, message);
                }

                var commit = test.Store.CommitAsync();
                test.Clock.Advance(TimeSpan.FromMilliseconds(20));
                await commit;
            }

            output.WriteLine($"log {(double)test.Store.OctetsWritten / useful:F2} in {test.Store.Commits} commits");
        }

        var ratio = (double)(OctetsWritten() - before) / useful;
        output.WriteLine($"{perCommit} per commit: {ratio:F2} times its size, file {(double)new FileInfo(folder.Database).Length / useful:F2}");
        Assert.InRange(ratio, 1.0, atMost);
    }

    private static long OctetsWritten() => long.Parse(
        File.ReadLines("/proc/self/io").Single(line => line.StartsWith("write_bytes: ", StringComparison.Ordinal))["write_bytes: ".Length..],
        CultureInfo.InvariantCulture);
}

/// <summary>Tests that no other test may run beside.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
