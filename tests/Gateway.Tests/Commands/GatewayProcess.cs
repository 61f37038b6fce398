using System.Diagnostics;
using System.Text;

namespace Edge.Gateway.Tests.Commands;

/// <summary>The program as users start it: a process with signals, environment and standard error.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    public GatewayProcess(string workingDirectory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "edge-gateway"), arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    public string Log => _log.ToString();

    /// <summary>Reads the log up to a line that holds a text.</summary>
    public async Task<string> WaitForLogAsync(string text)
    {
        while (await _process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken) is { } line)
        {
            _log.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The gateway ended without '{text}':\n{_log}");
    }

    /// <summary>Sends a signal by its name.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Reads the log to its end and waits for the process.</summary>
    public async Task<int> WaitForExitAsync()
    {
        _log.Append(await _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken));
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
