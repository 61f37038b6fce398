using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Edge.Load.Net;

namespace Edge.Load.Servers;

/// <summary>A server started for one load: started, waited for until it is ready, and stopped.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int TailSize = 4096;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Thread _drain;
    private readonly string? _readyText;
    private readonly int _stopSignal;
    private readonly ManualResetEventSlim _decided = new();
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private string _tail = "";
    private bool _ready;

    private ServerProcess(string program, IEnumerable<string> arguments, string? readyText, int stopSignal = Libc.SigTerm)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Remove("EDGE_GATEWAY_CONFIG");
        _readyText = readyText;
        _stopSignal = stopSignal;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new LoadException($"{program} cannot be started: {fault.Message}");
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
        _drain = new Thread(Drain) { IsBackground = true, Name = "drain" };
        _drain.Start();
    }

    internal int ProcessId => _process.Id;

    /// <summary>Time from the start of the process until it was ready.</summary>
    internal TimeSpan StartTime { get; private set; }

    /// <summary>Starts a program and returns once its standard error contains <paramref name="readyText"/>.</summary>
    internal static ServerProcess Start(string program, IEnumerable<string> arguments, string readyText)
    {
        var server = new ServerProcess(program, arguments, readyText);
        server._decided.Wait(StartLimit);
        return server.Ready();
    }

    /// <summary>Starts a program that neither says when it is ready nor stops when asked, and returns once it answers.</summary>
    internal static ServerProcess StartStubborn(string program, IEnumerable<string> arguments, Func<bool> answers)
    {
        var server = new ServerProcess(program, arguments, readyText: null, Libc.SigKill);
        while (!(server._ready = answers()) && !server._process.WaitForExit(ProbeInterval) && server.Age < StartLimit)
        {
        }

        server.StartTime = server.Age;
        return server.Ready();
    }

    /// <summary>Asks the server to stop and waits; kills it when it takes too long.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = Libc.Kill(_process.Id, _stopSignal);
            if (!_process.WaitForExit(StopLimit))
            {
                Console.Error.WriteLine($"{_process.StartInfo.FileName} did not stop within {StopLimit.TotalSeconds} s and is killed.");
                _process.Kill();
                _process.WaitForExit();
            }
        }

        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _drain.Join();
        _process.Dispose();
        _decided.Dispose();
    }

    private TimeSpan Age => TimeProvider.System.GetElapsedTime(_started);

    private ServerProcess Ready()
    {
        if (_ready)
        {
            return this;
        }

        Dispose();
        throw new LoadException($"{_process.StartInfo.FileName} did not get ready. The end of its log:\n{_tail}");
    }

    // Whoever interrupts a comparison must not leave a server behind.
    private void OnExit(object? sender, EventArgs arguments)
    {
        _process.Kill();
        _process.WaitForExit(StopLimit);
    }

    // A server that logs must never wait for its reader. Only the end of the log is kept, to show why a start failed.
    private void Drain()
    {
        var stream = _process.StandardError.BaseStream;
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            if (_ready)
            {
                continue;
            }

            _tail += Encoding.UTF8.GetString(buffer, 0, count);
            if (_readyText is not null && _tail.Contains(_readyText, StringComparison.Ordinal))
            {
                StartTime = Age;
                _ready = true;
                _decided.Set();
            }

            _tail = _tail.Length > TailSize ? _tail[^TailSize..] : _tail;
        }

        _decided.Set();
    }
}
