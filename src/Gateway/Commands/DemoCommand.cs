using System.CommandLine;
using Edge.Gateway.Demo;
using Edge.Gateway.Logging;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Commands;

/// <summary><c>edge-gateway demo</c>: the whole story on one machine, with nothing installed.</summary>
internal static class DemoCommand
{
    private const int DefaultSeconds = 12;
    private const int LeastSeconds = 3;
    private const int MostSeconds = 3_600;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = $"How long the sensors publish, {LeastSeconds} to {MostSeconds}.",
            DefaultValueFactory = _ => DefaultSeconds,
        };
        seconds.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < LeastSeconds or > MostSeconds)
            {
                given.AddError($"--seconds must be {LeastSeconds} to {MostSeconds}.");
            }
        });
        var command = new Command(
            "demo", "Plays the whole story on this machine: sensors, a cloud, an uplink that fails. Exit code 0 when nothing acknowledged is missing.")
        {
            seconds,
        };
        command.SetAction((arguments, _) =>
            RunAsync(TimeSpan.FromSeconds(arguments.GetValue(seconds)), arguments.InvocationConfiguration.Output));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan length, TextWriter output)
    {
        using var log = LogOutput.ToStandardError(LogLevel.Error, TimeProvider.System);
        using var signals = new StopSignals(TimeProvider.System, log.CreateLogger("Edge.Gateway"), () => Environment.Exit(ExitCode.RuntimeFault));
        try
        {
            return await new DemoStory(length, output, log, TimeProvider.System).TellAsync(signals.Stopping);
        }
        catch (Exception fault) when (fault is StartException or IOException)
        {
            await output.WriteLineAsync($"The demo cannot go on. {fault.Message}");
            return ExitCode.RuntimeFault;
        }
    }
}
