using System.Buffers;
using System.Runtime.InteropServices;
using Edge.Transports.Native;

namespace Edge.Transports;

/// <summary>A TCP connection of a <see cref="TcpLoop"/>, on whose thread it is used. While nothing is under way it holds no buffer.</summary>
public sealed unsafe class TcpLink : TcpHandler, IStreamLink
{
    /// <summary>Octets that one system call may bring.</summary>
    private const int ReceiveSize = 16 * 1024;
    private const int SmallestSendBuffer = 1024;

    private readonly TcpLoop _loop;
    private Action? _arrived;
    private Action? _drained;
    private Octets _received;
    private Octets _toSend;
    private bool _mayReceive = true;
    private bool _maySend = true;
    private bool _wantsMore = true;
    private bool _isHungUp;

    internal TcpLink(int descriptor, TcpLoop loop)
        : base(descriptor) => _loop = loop;

    /// <inheritdoc/>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public bool IsBroken { get; private set; }

    /// <inheritdoc/>
    public bool IsBlocked => !_maySend && Unsent > 0;

    /// <inheritdoc/>
    public long Unsent => _toSend.Count;

    /// <inheritdoc/>
    /// <exception cref="IOException">The system cannot look after one more connection.</exception>
    public void Open(Action arrived, Action drained)
    {
        (_arrived, _drained) = (arrived, drained);
        _loop.Add(this, EpollEvents.In | EpollEvents.Out | EpollEvents.ReadHangUp | EpollEvents.EdgeTriggered);
    }

    /// <inheritdoc/>
    public bool TryReceive(out ReadOnlySequence<byte> octets)
    {
        var isThere = !HasEnded && (!_wantsMore || TryReceiveMore());
        octets = isThere ? _received.ToSequence() : default;
        return isThere;
    }

    /// <inheritdoc/>
    public void Keep(in ReadOnlySequence<byte> rest, bool wantsMore)
    {
        _received.KeepLast((int)rest.Length);
        _wantsMore = wantsMore || rest.IsEmpty;
    }

    /// <inheritdoc/>
    public Span<byte> Enqueue(int size)
    {
        var room = _toSend.Room(Math.Max(size, SmallestSendBuffer))[..size];
        _toSend.Add(size);
        return room;
    }

    /// <inheritdoc/>
    public bool Flush()
    {
        while (Unsent > 0 && _maySend && !IsBroken)
        {
            var octets = _toSend.Written;
            nint sent;
            fixed (byte* first = octets)
            {
                sent = Libc.Send(Descriptor, first, (nuint)octets.Length, Libc.MsgDontWait | Libc.MsgNoSignal);
            }

            if (sent >= 0)
            {
                _toSend.KeepLast(octets.Length - (int)sent);
                _maySend = Unsent == 0;
            }
            else
            {
                OnSendFault(Marshal.GetLastPInvokeError());
            }
        }

        if (IsBroken)
        {
            _toSend.KeepLast(0);
        }

        return Unsent == 0;
    }

    /// <inheritdoc/>
    public void Abort()
    {
        HasEnded = IsBroken = true;
        if (Descriptor >= 0)
        {
            Libc.ResetWhenClosed(Descriptor);
        }
    }

    /// <summary>Closes the connection. What the system has taken by then still leaves, unless it was aborted.</summary>
    public void Close()
    {
        if (Descriptor < 0)
        {
            return;
        }

        HasEnded = IsBroken = true;
        _received.KeepLast(0);
        _toSend.KeepLast(0);
        _loop.Remove(this);
        _ = Libc.Close(Descriptor);
        Descriptor = -1;
    }

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem work) => _loop.Schedule(work);

    /// <inheritdoc/>
    internal override void OnReady(EpollEvents events)
    {
        var isOver = (events & (EpollEvents.HangUp | EpollEvents.ReadHangUp | EpollEvents.Error)) != 0;
        _isHungUp |= isOver;
        if ((isOver || (events & EpollEvents.Out) != 0) && !_maySend)
        {
            _maySend = true;
            _drained!();
        }

        if (isOver || (events & EpollEvents.In) != 0)
        {
            _mayReceive = true;
            _arrived!();
        }
    }

    /// <summary>Aborts, and has the owner notice.</summary>
    internal void Cut()
    {
        Abort();
        _arrived!();
    }

    private bool TryReceiveMore()
    {
        while (_mayReceive)
        {
            // A frame that is larger than what came so far is received in ever larger pieces.
            var room = _received.Room(Math.Max(ReceiveSize, _received.Count));
            nint received;
            fixed (byte* first = room)
            {
                received = Libc.Receive(Descriptor, first, (nuint)room.Length, Libc.MsgDontWait);
            }

            if (received > 0)
            {
                // Fewer than there is room for are all there were. That the other side has gone is not told twice, so then it is asked for.
                _mayReceive = received == room.Length || _isHungUp;
                _received.Add((int)received);
                return true;
            }

            OnNothingReceived(received == 0 ? 0 : Marshal.GetLastPInvokeError());
        }

        return false;
    }

    private void OnNothingReceived(int error)
    {
        if (error == Errno.Interrupted)
        {
            return;
        }

        _received.KeepLast(_received.Count);
        _mayReceive = false;
        HasEnded = error != Errno.Again;
    }

    private void OnSendFault(int error)
    {
        _maySend = error == Errno.Interrupted;
        IsBroken = error is not (Errno.Again or Errno.Interrupted);
    }
}
