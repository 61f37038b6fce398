using System.Globalization;
using Edge.Gateway.Health;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Gateway.Tests.Health;

/// <summary>The talk with systemd, over real sockets (sd_notify(3)).</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ready_and_stopping_are_told_with_a_status()
    {
        using var socket = new NotifySocket(Path.Combine(_folder.Path, "notify"));
        using var manager = From(socket.Variables);

        manager.Ready("2 listeners");
        manager.Status("cloud is away");
        manager.Alive();
        manager.Stopping();

        Assert.Equal("READY=1\nSTATUS=2 listeners", await socket.ReceiveAsync());
        Assert.Equal("STATUS=cloud is away", await socket.ReceiveAsync());
        Assert.Equal("WATCHDOG=1", await socket.ReceiveAsync());
        Assert.Equal("STOPPING=1\nSTATUS=stopping", await socket.ReceiveAsync());
    }

    [Fact]
    public async Task An_abstract_socket_is_reached_too()
    {
        using var socket = new NotifySocket($"@edge-gateway-test-{Guid.NewGuid():N}");
        using var manager = From(socket.Variables);

        manager.Alive();

        Assert.Equal("WATCHDOG=1", await socket.ReceiveAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nobody/listens/here")]
    [InlineData("/an/address/that/is/longer/than/the/kernel/has/room/for/in/the/address/of/a/unix/domain/socket/which/ends/at/107/octets")]
    public void A_manager_that_cannot_be_reached_does_no_harm(string? address)
    {
        using var manager = From(address is null ? [] : new Dictionary<string, string> { ["NOTIFY_SOCKET"] = address });

        manager.Ready("ready");

        Assert.Null(manager.WatchdogTimeout);
    }

    [Theory]
    [InlineData("30000000", null, 30_000)]
    [InlineData("30000000", "", 30_000)]
    [InlineData("30000000", "42", 30_000)]
    [InlineData("30000000", "41", null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("9223372036854775807", null, null)]
    [InlineData(null, null, null)]
    public void The_watchdog_is_ours_when_it_names_us_or_nobody(string? microseconds, string? processId, int? milliseconds)
    {
        var variables = new Dictionary<string, string?> { ["WATCHDOG_USEC"] = microseconds, ["WATCHDOG_PID"] = processId };
        using var manager = ServiceManager.From(variables.GetValueOrDefault, processId: 42, NullLogger.Instance);

        Assert.Equal(milliseconds?.ToString(CultureInfo.InvariantCulture), manager.WatchdogTimeout?.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }

    private static ServiceManager From(Dictionary<string, string> variables) => ServiceManager.From(variables.GetValueOrDefault, processId: 42, NullLogger.Instance);
}
