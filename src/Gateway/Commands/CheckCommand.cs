using System.CommandLine;
using Edge.Gateway.Configuration;

namespace Edge.Gateway.Commands;

/// <summary><c>edge-gateway check</c>: reads and validates the configuration, opens nothing.</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ConfigurationArguments configuration)
    {
        var command = new Command("check", "Reads and validates the configuration, tells every fault, opens no socket. Ends with 0 or 2.");
        configuration.AddTo(command);
        command.SetAction(arguments => Check(configuration.Read(arguments), arguments.InvocationConfiguration.Output));
        return command;
    }

    private static int Check(ConfigurationSources sources, TextWriter output)
    {
        var result = ConfigurationLoader.Load(sources);
        foreach (var fault in result.Faults)
        {
            output.WriteLine(fault);
        }

        var place = result.File ?? "built-in defaults, there is no file";
        output.WriteLine(result.Settings is null
            ? $"configuration is not valid ({result.Faults.Count} to mend): {place}"
            : $"configuration is valid: {place}");
        return result.Settings is null ? ExitCode.WrongUsage : ExitCode.Success;
    }
}
