using System.CommandLine;

namespace Edge.Gateway.Commands;

/// <summary>The command line: takes the arguments apart and runs the command they name; <c>run</c> when they name none.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <param name="arguments">Arguments without the program's name.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error; the log does not go there but to the process's own.</param>
    /// <param name="input">What a command reads; null for the terminal or standard input.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, TextReader? input = null)
    {
        var configuration = new ConfigurationArguments();
        var root = new RootCommand("Local MQTT broker, MQTT-SN gateway and store-and-forward bridge. Runs the gateway unless a command says otherwise.")
        {
            RunCommand.Create(configuration),
            CheckCommand.Create(configuration),
            ExplainCommand.Create(configuration),
            PasswdCommand.Create(input),
            DemoCommand.Create(),
            VersionCommand.Create(),
        };
        RunCommand.MakeActionOf(root, configuration);

        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed is { Errors.Count: > 0, Action: System.CommandLine.Invocation.ParseErrorAction })
        {
            await error.WriteLineAsync(string.Join(Environment.NewLine, parsed.Errors.Select(fault => $"edge-gateway: {fault.Message}")));
            await error.WriteLineAsync("Try 'edge-gateway --help'.");
            return ExitCode.WrongUsage;
        }

        // Signals are the run command's own: the library would end the process after a time limit of its own.
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        });
    }
}
