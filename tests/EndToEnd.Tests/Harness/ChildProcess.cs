using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A program that a test started. What it says is drained all the time, so that it never waits for us.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;

    private static readonly ConcurrentDictionary<ChildProcess, bool> Running = new();

    private readonly Process _process;

    /// <summary>None outlives the tests, however they end.</summary>
    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var child in Running.Keys)
        {
            child._process.Kill();
        }
    };

    private ChildProcess(Process process)
    {
        _process = process;
        Running[this] = true;
        Ended = Task.WhenAll(DrainAsync(process.StandardOutput, Output), DrainAsync(process.StandardError, Errors), process.WaitForExitAsync())
            .ContinueWith(_ => Running.TryRemove(this, out var _), TaskScheduler.Default);
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Completes when it is over and all it said is here.</summary>
    public Task Ended { get; }

    /// <summary>Lines of standard output.</summary>
    public Journal<string> Output { get; } = new();

    /// <summary>Lines of standard error.</summary>
    public Journal<string> Errors { get; } = new();

    /// <summary>Starts a program. Its environment is ours without the settings of any gateway.</summary>
    public static ChildProcess Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOfAnyGateway).ToArray())
        {
            start.Environment.Remove(name);
        }

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return new ChildProcess(process);
        }
        catch (Win32Exception fault)
        {
            throw new InvalidOperationException($"{program} cannot be started ({fault.Message}); tests/README.md names what the tests need.", fault);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and the whole of what it said.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, params IEnumerable<string> arguments)
    {
        await using var child = Start(program, arguments);
        var exitCode = await child.ExitAsync();
        return (exitCode, string.Join('\n', child.Output.ToArray()), string.Join('\n', child.Errors.ToArray()));
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        await Ended.OrFailAsync($"The end of {_process.StartInfo.FileName}", limit);
        return _process.ExitCode;
    }

    /// <summary>SIGTERM: asks it to end.</summary>
    public void Terminate()
    {
        if (kill(Id, SigTerm) != 0)
        {
            throw new Win32Exception();
        }
    }

    /// <summary>SIGKILL: ends it wherever it stands.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static bool IsOfAnyGateway(string name) =>
        name.StartsWith("EDGE_GATEWAY", StringComparison.Ordinal) || name is "STATE_DIRECTORY" or "NOTIFY_SOCKET" or "WATCHDOG_USEC" or "JOURNAL_STREAM";

    private static async Task DrainAsync(StreamReader reader, Journal<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Add(line);
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
}
