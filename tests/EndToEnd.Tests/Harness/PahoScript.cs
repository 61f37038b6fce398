namespace Edge.EndToEnd.Tests.Harness;

/// <summary>Runs one of the Python scripts beside these tests, which use the paho client of Debian (python3-paho-mqtt).</summary>
internal static class PahoScript
{
    /// <summary>Debian's own interpreter: another one on the path has no paho.</summary>
    private const string Python = "/usr/bin/python3";

    /// <summary>Runs a script to its end.</summary>
    /// <returns>What it printed, one JSON value a line.</returns>
    public static async Task<string[]> RunAsync(string script, int port, params IEnumerable<string> arguments)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Scripts", script);
        var (exitCode, output, errors) = await ChildProcess.RunAsync(Python, [file, $"{port}", .. arguments]);
        Assert.True(exitCode == 0, $"{script} ended with {exitCode}:\n{output}\n{errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
