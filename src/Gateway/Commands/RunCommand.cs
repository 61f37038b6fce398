using System.CommandLine;
using Edge.Gateway.Configuration;
using Edge.Gateway.Logging;

namespace Edge.Gateway.Commands;

/// <summary><c>edge-gateway run</c>, also without <c>run</c>: the gateway in the foreground until SIGTERM or SIGINT.</summary>
internal static class RunCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ConfigurationArguments configuration)
    {
        var command = new Command("run", "Runs the gateway in the foreground until SIGTERM or SIGINT. Logs to standard error.");
        MakeActionOf(command, configuration);
        return command;
    }

    /// <summary>Lets a command run the gateway.</summary>
    public static void MakeActionOf(Command command, ConfigurationArguments configuration)
    {
        configuration.AddTo(command);
        command.SetAction((arguments, _) => RunAsync(configuration.Read(arguments), arguments.InvocationConfiguration.Error));
    }

    private static async Task<int> RunAsync(ConfigurationSources sources, TextWriter error)
    {
        var configuration = ConfigurationLoader.Load(sources);
        if (configuration.Settings is not { } settings)
        {
            foreach (var fault in configuration.Faults)
            {
                await error.WriteLineAsync(fault.ToString());
            }

            await error.WriteLineAsync("edge-gateway: the configuration is not valid; nothing was started.");
            return ExitCode.WrongUsage;
        }

        using var log = LogOutput.ToStandardError(settings.LogLevel, TimeProvider.System);
        AppDomain.CurrentDomain.UnhandledException += (_, _) => log.Dispose(); // What was said before the crash tells most about it.
        var logger = log.CreateLogger("Edge.Gateway");
        using var signals = new StopSignals(TimeProvider.System, logger, () => Environment.Exit(ExitCode.RuntimeFault));
        logger.Starting(BuildInformation.Version, settings.Name, configuration.File ?? "built-in defaults");
        try
        {
            return await GatewayHost.RunAsync(settings, log, signals.Stopping);
        }
        catch (Exception fault)
        {
            // Only a mistake in this program comes here; systemd starts it anew.
            logger.Failed(fault);
            return ExitCode.RuntimeFault;
        }
    }
}
