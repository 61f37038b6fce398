using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Health;

/// <summary>Tells systemd how the service is, by the datagrams of sd_notify(3). Without <c>NOTIFY_SOCKET</c> every call does nothing.</summary>
internal sealed class ServiceManager : IDisposable
{
    /// <summary>A manager that reads no more must not hold the gateway up.</summary>
    private const int SendTimeoutMilliseconds = 1_000;

    /// <summary>What the kernel has room for in an address, less the octet that ends it.</summary>
    private const int LongestAddress = 107;

    private readonly ILogger _logger;
    private readonly UnixDomainSocketEndPoint? _address;
    private readonly Socket? _socket;

    private ServiceManager(string? address, TimeSpan? watchdogTimeout, ILogger logger)
    {
        _logger = logger;
        WatchdogTimeout = watchdogTimeout;
        if (address is { Length: > 1 and <= LongestAddress } && address[0] is '/' or '@')
        {
            // '@' stands for the zero octet with which the name of an abstract socket begins.
            _address = new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address.AsSpan(1)}" : address);
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendTimeoutMilliseconds };
        }
    }

    /// <summary>How long the service may be silent before systemd ends it; null when it does not watch.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>The manager that started this process.</summary>
    public static ServiceManager OfProcess(ILogger logger) => From(Environment.GetEnvironmentVariable, Environment.ProcessId, logger);

    /// <summary>The manager that an environment describes.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="processId">Our process; a watchdog that is meant for another is none of ours.</param>
    /// <param name="logger">Where a failure is told.</param>
    public static ServiceManager From(Func<string, string?> variable, int processId, ILogger logger)
    {
        var isOurs = variable("WATCHDOG_PID") is not { Length: > 0 } watched || watched == processId.ToString(CultureInfo.InvariantCulture);
        TimeSpan? timeout = isOurs
            && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            && microseconds is > 0 and < long.MaxValue / TimeSpan.TicksPerMicrosecond
                ? TimeSpan.FromMicroseconds(microseconds)
                : null;
        return new ServiceManager(variable("NOTIFY_SOCKET"), timeout, logger);
    }

    /// <summary>Every listener is bound.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>The way down has begun.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=stopping");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send($"STATUS={status}");

    /// <summary>The service is alive and well.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        if (_socket is null || _address is null)
        {
            return;
        }

        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _address);
        }
        catch (SocketException fault)
        {
            _logger.NotifyFailed(message.Split('\n')[0], fault.Message);
        }
    }
}
