using System.CommandLine;

namespace Edge.Gateway.Commands;

/// <summary><c>edge-gateway version</c>: version, commit, runtime.</summary>
internal static class VersionCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("version", "Prints version, commit and runtime.");
        command.SetAction(arguments =>
        {
            var output = arguments.InvocationConfiguration.Output;
            output.WriteLine($"edge-gateway {BuildInformation.Version}");
            output.WriteLine($"commit {BuildInformation.Commit}");
            output.WriteLine($"runtime {BuildInformation.Runtime}");
        });
        return command;
    }
}
