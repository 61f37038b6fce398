using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.Gateway.Tests.Packaging;

/// <summary>The systemd unit, judged by systemd. It is part of Debian; a machine without it fails these tests.</summary>
public sealed partial class UnitTests : IDisposable
{
    private const double WorstExposure = 2.5;

    private static readonly string Unit = Repository.File("packaging/edge-gateway.service");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Systemd_accepts_every_line_of_the_unit()
    {
        // The program is not installed where the unit says; everything else is judged as it stands.
        var text = await File.ReadAllTextAsync(Unit, TestContext.Current.CancellationToken);
        var here = Path.Combine(AppContext.BaseDirectory, "edge-gateway");
        var unit = _folder.File("edge-gateway.service", text.Replace("ExecStart=/usr/lib/edge-gateway/edge-gateway", $"ExecStart={here}", StringComparison.Ordinal));

        var (exitCode, output) = await AnalyzeAsync("verify", "--man=no", unit);

        Assert.Equal("", output);
        Assert.Equal(0, exitCode);
        Assert.Contains($"ExecStart={here} run\n", await File.ReadAllTextAsync(unit, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_accepts_every_line_of_what_opens_it_to_serial_ports()
    {
        var here = Path.Combine(AppContext.BaseDirectory, "edge-gateway");
        var unit = _folder.File("edge-gateway.service", $"[Service]\nExecStart={here} run\n");
        Directory.CreateDirectory($"{unit}.d");
        File.Copy(Repository.File("packaging/serial.conf"), Path.Combine($"{unit}.d", "serial.conf"));

        Assert.Equal((0, ""), await AnalyzeAsync("verify", "--man=no", unit));

        await File.AppendAllTextAsync(Path.Combine($"{unit}.d", "serial.conf"), "NoSuchKey=1\n", TestContext.Current.CancellationToken);
        Assert.Contains("NoSuchKey", (await AnalyzeAsync("verify", "--man=no", unit)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_unit_gives_an_intruder_little_to_work_with()
    {
        var (exitCode, output) = await AnalyzeAsync("security", "--offline=true", "--no-pager", Unit);

        var exposure = double.Parse(Exposure.Match(output).Groups["level"].Value, CultureInfo.InvariantCulture);
        Assert.Equal(0, exitCode);
        Assert.InRange(exposure, 0, WorstExposure);
    }

    [Fact]
    public void The_unit_allows_what_the_gateway_needs()
    {
        var lines = File.ReadAllLines(Unit);

        Assert.Contains("Type=notify", lines);
        Assert.Contains(lines, line => line.StartsWith("WatchdogSec=", StringComparison.Ordinal));
        Assert.Contains("StateDirectory=edge-gateway", lines);
        Assert.Contains("RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("PrivateNetwork=yes", StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output)> AnalyzeAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("systemd-analyze", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex(@"Overall exposure level for edge-gateway\.service: (?<level>[0-9.]+)")]
    private static partial Regex Exposure { get; }
}
