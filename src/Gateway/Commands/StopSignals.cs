using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Commands;

/// <summary>Turns the first SIGTERM or SIGINT into a request to stop; a second one ends the process at once.</summary>
/// <remarks>
/// Ending at once is safe: what was acknowledged is on disk. It is for whoever does not want to wait. Tools such as timeout(1) send
/// the same signal to the process and to its group, so what follows within <see cref="Echo"/> counts as the first one.
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    /// <summary>How soon after the first a signal is taken for its echo.</summary>
    public static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _endAtOnce;
    private long? _firstAt;

    /// <summary>Begins to listen for signals.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where the first signal is told.</param>
    /// <param name="endAtOnce">Ends the process; called on the second signal.</param>
    public StopSignals(TimeProvider time, ILogger logger, Action endAtOnce)
    {
        (_time, _logger, _endAtOnce) = (time, logger, endAtOnce);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    /// <summary>Takes a signal.</summary>
    public void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        long? firstAt;
        lock (_lock)
        {
            firstAt = _firstAt;
            _firstAt ??= _time.GetTimestamp();
        }

        if (firstAt is null)
        {
            _logger.SignalReceived(context.Signal.ToString());
            _stopping.Cancel();
        }
        else if (_time.GetElapsedTime(firstAt.Value) > Echo)
        {
            _endAtOnce();
        }
    }
}
