using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>Two pipes as a link: how octets come and go where Kestrel has TLS or WebSocket below. The thread pool is its loop.</summary>
/// <param name="transport">Octets in and out.</param>
/// <param name="abort">Cuts the connection.</param>
/// <remarks>When the connection breaks down below, what it is asked for may throw <see cref="IOException"/> or <see cref="OperationCanceledException"/>.</remarks>
[SuppressMessage("Reliability", "CA2012", Justification = "One read and one flush are kept under way, and each result is taken once.")]
internal sealed class PipeLink(IDuplexPipe transport, Action abort) : IStreamLink
{
    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private ValueTask<ReadResult> _reading;
    private ValueTask<FlushResult> _flushing;
    private Action? _arrived;
    private Action? _drained;
    private bool _isReading;
    private bool _isLast;

    /// <inheritdoc/>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public bool IsBroken { get; private set; }

    /// <inheritdoc/>
    public bool IsBlocked { get; private set; }

    /// <inheritdoc/>
    public long Unsent => _output.UnflushedBytes;

    /// <inheritdoc/>
    public void Open(Action arrived, Action drained) => (_arrived, _drained) = (arrived, drained);

    /// <inheritdoc/>
    public bool TryReceive(out ReadOnlySequence<byte> octets)
    {
        octets = default;
        if (HasEnded)
        {
            return false;
        }

        if (!_isReading)
        {
            _isReading = true;
            _reading = _input.ReadAsync();
            if (!_reading.IsCompleted)
            {
                _reading.GetAwaiter().UnsafeOnCompleted(_arrived!);
            }
        }

        if (!_reading.IsCompleted)
        {
            return false;
        }

        _isReading = false;
        var result = _reading.GetAwaiter().GetResult();
        (octets, _isLast) = (result.Buffer, result.IsCompleted);
        return true;
    }

    /// <inheritdoc/>
    public void Keep(in ReadOnlySequence<byte> rest, bool wantsMore)
    {
        _input.AdvanceTo(rest.Start, wantsMore ? rest.End : rest.Start);
        HasEnded = _isLast && wantsMore;
    }

    /// <inheritdoc/>
    public Span<byte> Enqueue(int size)
    {
        var room = _output.GetSpan(size)[..size];
        _output.Advance(size);
        return room;
    }

    /// <inheritdoc/>
    public bool Flush()
    {
        if (!IsBlocked && Unsent > 0)
        {
            IsBlocked = true;
            _flushing = _output.FlushAsync();
            if (!_flushing.IsCompleted)
            {
                _flushing.GetAwaiter().UnsafeOnCompleted(_drained!);
            }
        }

        if (IsBlocked && _flushing.IsCompleted)
        {
            IsBlocked = false;
            IsBroken |= _flushing.GetAwaiter().GetResult().IsCompleted;
        }

        return !IsBlocked;
    }

    /// <inheritdoc/>
    public void Abort() => abort();

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
}
