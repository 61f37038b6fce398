using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Edge.Load.Net;

/// <summary>
/// One thread's loop over any number of descriptors (epoll, level-triggered). The load runs on one thread, so that the server
/// under test has the other core to itself.
/// </summary>
internal sealed unsafe class EventLoop : IDisposable
{
    private const uint Readable = 0x1;
    private const uint Writable = 0x4;
    private const int EventsPerTurn = 256;

    // struct epoll_event is packed on x86-64 and on no other architecture.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int Stride = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly int _epoll = Libc.Check(Libc.EpollCreate(Libc.CloseOnExec), "epoll_create1");
    private readonly byte[] _events = new byte[EventsPerTurn * Stride];
    private readonly List<IReadyHandler?> _handlers = [];
    private readonly Stack<int> _freeSlots = [];

    /// <summary>A buffer that every handler may use while it is called; big, so that one system call takes many packets.</summary>
    internal byte[] Buffer { get; } = new byte[512 * 1024];

    /// <summary>Watches a descriptor for reading; returns the slot that names it from then on.</summary>
    internal int Add(int descriptor, IReadyHandler handler)
    {
        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _handlers.Count;
            _handlers.Add(null);
        }

        _handlers[slot] = handler;
        Control(Libc.EpollAdd, descriptor, Readable, slot);
        return slot;
    }

    /// <summary>Switches the watch for write readiness on or off.</summary>
    internal void WatchWrites(int descriptor, int slot, bool enabled) =>
        Control(Libc.EpollModify, descriptor, enabled ? Readable | Writable : Readable, slot);

    /// <summary>Forgets a slot; its descriptor is about to be closed, which ends the kernel's watch by itself.</summary>
    internal void Remove(int slot)
    {
        _handlers[slot] = null;
        _freeSlots.Push(slot);
    }

    /// <summary>Waits for events, at most so long, and hands them to their handlers.</summary>
    internal void Turn(int timeoutMilliseconds)
    {
        int count;
        fixed (byte* events = _events)
        {
            count = Libc.EpollWait(_epoll, events, EventsPerTurn, timeoutMilliseconds);
        }

        if (count < 0 && Marshal.GetLastPInvokeError() != Libc.EIntr)
        {
            Libc.Check(count, "epoll_wait");
        }

        for (var i = 0; i < count; i++)
        {
            var entry = _events.AsSpan(i * Stride, Stride);
            var flags = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            var slot = BinaryPrimitives.ReadInt32LittleEndian(entry[DataOffset..]);
            if ((flags & ~Writable) != 0)
            {
                _handlers[slot]?.OnReadable();
            }

            if ((flags & Writable) != 0)
            {
                _handlers[slot]?.OnWritable();
            }
        }
    }

    /// <summary>Turns until a condition holds. False when <paramref name="limit"/> passed first.</summary>
    internal bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            var left = limit - TimeProvider.System.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            Turn((int)Math.Ceiling(left.TotalMilliseconds));
        }

        return true;
    }

    /// <summary>Keeps answering for so long, whatever comes.</summary>
    internal void RunFor(TimeSpan duration) => RunUntil(() => false, duration);

    public void Dispose() => Libc.Close(_epoll);

    private void Control(int operation, int descriptor, uint flags, int slot)
    {
        Span<byte> change = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(change, flags);
        BinaryPrimitives.WriteInt32LittleEndian(change[DataOffset..], slot);
        fixed (byte* pointer = change)
        {
            Libc.Check(Libc.EpollControl(_epoll, operation, descriptor, pointer), "epoll_ctl");
        }
    }
}
