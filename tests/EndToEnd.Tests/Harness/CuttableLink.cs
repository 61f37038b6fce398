using System.Net;
using System.Net.Sockets;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A TCP link that can be cut, or become a blackhole: connections stay open and new ones are accepted, but no octet moves.</summary>
internal sealed class CuttableLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, Ports.Take());
    private readonly int _target;
    private readonly Lock _lock = new();
    private readonly List<Connection> _connections = [];
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A link that passes everything on to a port on loopback.</summary>
    public CuttableLink(int target)
    {
        _target = target;
        _open.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Resets the connections there are. New ones are made as before.</summary>
    public void Cut() => ResetAllButLast(0);

    /// <summary>Lets no octet through until <see cref="Pass"/>.</summary>
    public void Blackhole() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets everything through again, what was held up included.</summary>
    /// <remarks>
    /// Of connections that were made one after the other only the last lives on. On a real network nothing of the older ones would
    /// come through any more either, since who opened the newer one has closed them.
    /// </remarks>
    public void Pass()
    {
        ResetAllButLast(1);
        _open.TrySetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        Pass();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        while (await AcceptNextAsync() is { } socket)
        {
            var connection = new Connection(socket, WhenOpenAsync);
            lock (_lock)
            {
                _connections.Add(connection);
            }

            running.Add(ServeAsync(connection));
        }

        await Task.WhenAll(running);
    }

    private async Task ServeAsync(Connection connection)
    {
        using (connection)
        {
            await connection.RunAsync(_target);
        }

        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }

    private async Task<Socket?> AcceptNextAsync()
    {
        try
        {
            return await _listener.AcceptSocketAsync();
        }
        catch (SocketException)
        {
            return null; // The listener was stopped.
        }
    }

    private Task WhenOpenAsync() => _open.Task;

    /// <summary>Resets what is older than the last so many connections.</summary>
    private void ResetAllButLast(int count)
    {
        Connection[] doomed;
        lock (_lock)
        {
            doomed = [.. _connections.SkipLast(count)];
            _connections.RemoveRange(0, doomed.Length);
        }

        Array.ForEach(doomed, connection => connection.Dispose());
    }

    private sealed class Connection(Socket near, Func<Task> whenOpen) : IDisposable
    {
        private readonly Socket _far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public async Task RunAsync(int target)
        {
            try
            {
                near.NoDelay = true;
                await whenOpen();
                await _far.ConnectAsync(IPAddress.Loopback, target);
                await Task.WhenAll(PumpAsync(near, _far), PumpAsync(_far, near));
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                // Reset by one side, or by the test.
            }
        }

        /// <summary>Resets both sides: without a time to linger, closing sends RST.</summary>
        public void Dispose()
        {
            near.Close(timeout: 0);
            _far.Close(timeout: 0);
        }

        /// <summary>Moves octets, and the end of them, from one side to the other.</summary>
        private async Task PumpAsync(Socket from, Socket to)
        {
            try
            {
                var buffer = new byte[16 * 1024];
                for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
                {
                    await whenOpen();
                    for (var sent = 0; sent < count;)
                    {
                        sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                    }
                }

                await whenOpen();
                to.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                Dispose(); // The other direction ends with this one.
            }
        }
    }
}
