using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Commands;

/// <summary>Turns the first SIGTERM or SIGINT into a request to stop; the second ends the process at once.</summary>
/// <remarks>Ending at once is safe: what was acknowledged is on disk. It is for whoever does not want to wait.</remarks>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly ILogger _logger;
    private readonly Action _endAtOnce;
    private int _received;

    /// <summary>Begins to listen for signals.</summary>
    /// <param name="logger">Where the first signal is told.</param>
    /// <param name="endAtOnce">Ends the process; called on the second signal.</param>
    public StopSignals(ILogger logger, Action endAtOnce)
    {
        (_logger, _endAtOnce) = (logger, endAtOnce);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stopping.Dispose();
    }

    /// <summary>Takes a signal.</summary>
    public void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _received) > 1)
        {
            _endAtOnce();
            return;
        }

        _logger.SignalReceived(context.Signal.ToString());
        _stopping.Cancel();
    }
}
