using System.Globalization;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Operation;

/// <summary>The story that the README begins with.</summary>
public sealed class DemoTests : EndToEndTest
{
    [Fact]
    public async Task The_demo_cuts_the_uplink_and_ends_with_nothing_missing()
    {
        var (exitCode, output, errors) = await ChildProcess.RunAsync(Repository.Gateway, "demo", "--seconds", "5");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("The uplink is cut.", output, StringComparison.Ordinal);
        Assert.True(CountOf("acknowledged to sensors") > 0);
        Assert.True(CountOf("in the cloud ") >= CountOf("acknowledged to sensors"));
        Assert.Equal(0, CountOf("missing"));
        Assert.True(CountOf("commands to the valve") > 0);
        Assert.True(CountOf("it has") >= CountOf("commands to the valve"));
        Assert.True(CountOf("readings of the cistern") > 0);
        Assert.True(CountOf("the display has") >= CountOf("readings of the cistern"));

        // The last lines of the story say how it ended.
        int CountOf(string what)
        {
            var line = output.Split('\n').Last(line => line.Contains($"  {what}", StringComparison.Ordinal));
            return int.Parse(
                line[(line.IndexOf(what, StringComparison.Ordinal) + what.Length)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        }
    }
}
