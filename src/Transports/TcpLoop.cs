using System.Collections.Concurrent;
using Edge.Transports.Native;

namespace Edge.Transports;

/// <summary>One thread that looks after many TCP connections: it tells each when octets have come or may leave, and does the work they ask for. 64-bit Linux.</summary>
/// <remarks>What runs on it must not block, for everybody else on it waits meanwhile.</remarks>
public sealed unsafe class TcpLoop : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly SafeDescriptor _epoll;
    private readonly SafeDescriptor _wakeUp;
    private readonly Dictionary<int, TcpHandler> _handlers = [];
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _work = new();
    private readonly Action<Exception> _faulted;
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private int _isAsleep;

    /// <summary>A loop that has yet to be started.</summary>
    /// <param name="name">What its thread is called.</param>
    /// <param name="faulted">Told of exceptions that escaped a handler or a piece of work; the loop goes on.</param>
    /// <exception cref="PlatformNotSupportedException">This is not 64-bit Linux.</exception>
    public TcpLoop(string name, Action<Exception> faulted)
    {
        Libc.EnsureSupported("TCP");
        _epoll = Libc.NewEpoll();
        _wakeUp = Libc.NewEvent();
        _faulted = faulted;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        Libc.Watch(_epoll, Libc.EpollAdd, (int)_wakeUp.DangerousGetHandle(), EpollEvents.In);
    }

    /// <summary>Whether its thread runs.</summary>
    public bool IsRunning => _thread.IsAlive;

    /// <summary>Whether the caller is on its thread.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Has work done soon, after what was asked for before. From any thread.</summary>
    public void Schedule(IThreadPoolWorkItem work)
    {
        _work.Enqueue(work);
        if (!IsCurrent)
        {
            Wake();
        }
    }

    /// <summary>Cuts every connection that it looks after. From any thread.</summary>
    public void AbortAll() => Schedule(new AbortWork(this));

    /// <summary>Stops the thread after what is at hand, and closes what still is connected.</summary>
    public void Dispose()
    {
        _isStopping = true;
        Wake();
        if (_thread.IsAlive && !IsCurrent)
        {
            _thread.Join(StopLimit);
        }

        _epoll.Dispose();
        _wakeUp.Dispose();
    }

    /// <summary>Begins to look after a descriptor.</summary>
    internal void Add(TcpHandler handler, EpollEvents events)
    {
        _handlers[handler.Descriptor] = handler;
        Libc.Watch(_epoll, Libc.EpollAdd, handler.Descriptor, events);
    }

    /// <summary>Looks for other events from now on.</summary>
    internal void Change(TcpHandler handler, EpollEvents events) => Libc.Watch(_epoll, Libc.EpollModify, handler.Descriptor, events);

    /// <summary>Forgets a descriptor that is about to be closed.</summary>
    internal void Remove(TcpHandler handler) => _handlers.Remove(handler.Descriptor);

    /// <summary>Has the thread look for work. From any thread.</summary>
    internal void Wake()
    {
        if (HeldWakes.TryHold(this) || Interlocked.Exchange(ref _isAsleep, 0) == 0)
        {
            return;
        }

        var one = 1UL;
        try
        {
            _ = Libc.Write(_wakeUp, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Stopped meanwhile: there is nobody left to wake.
        }
    }

    private void Run()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[EpollEvent.AtOnce];
        while (!_isStopping)
        {
            foreach (ref readonly var ready in Wait(events))
            {
                OnReady(ready);
            }

            DoWork();
        }

        DoWork();
        Links().ForEach(link => link.Close());
    }

    private List<TcpLink> Links() => [.. _handlers.Values.OfType<TcpLink>()];

    private Span<EpollEvent> Wait(Span<EpollEvent> events)
    {
        // Who asks for work after this has to wake the thread; who asked before is seen here.
        Interlocked.Exchange(ref _isAsleep, 1);
        var mustLook = !_work.IsEmpty || _isStopping;
        var count = Libc.Wait(_epoll, events, mustLook ? 0 : Timeout.Infinite);
        Interlocked.Exchange(ref _isAsleep, 0);
        return events[..count];
    }

    private void OnReady(in EpollEvent ready)
    {
        if (ready.Descriptor == (int)_wakeUp.DangerousGetHandle())
        {
            var count = 0UL;
            _ = Libc.Read(_wakeUp, &count, sizeof(ulong));
        }
        else if (_handlers.TryGetValue(ready.Descriptor, out var handler))
        {
            try
            {
                handler.OnReady(ready.Events);
            }
            catch (Exception fault)
            {
                _faulted(fault);
            }
        }
    }

    /// <summary>Does what is asked for by now; what that asks for comes after another look at the descriptors.</summary>
    private void DoWork()
    {
        for (var pieces = _work.Count; pieces > 0 && _work.TryDequeue(out var work); pieces--)
        {
            try
            {
                work.Execute();
            }
            catch (Exception fault)
            {
                _faulted(fault);
            }
        }
    }

    private sealed class AbortWork(TcpLoop loop) : IThreadPoolWorkItem
    {
        public void Execute() => loop.Links().ForEach(link => link.Cut());
    }
}
