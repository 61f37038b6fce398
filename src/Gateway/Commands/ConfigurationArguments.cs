using System.CommandLine;
using Edge.Gateway.Configuration;

namespace Edge.Gateway.Commands;

/// <summary>The options by which a command is told its configuration.</summary>
internal sealed class ConfigurationArguments
{
    private readonly Option<string?> _file = new("--config")
    {
        HelpName = "FILE",
        Description = $"Configuration file. Default: ${ConfigurationLoader.FileVariable}, then /etc/edge-gateway/gateway.toml, then built-in defaults.",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "Sets one key over file and environment, such as listeners.mqtt.bind=127.0.0.1:1883. May be given many times.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Gives the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_set);
    }

    /// <summary>The configuration's sources as the arguments name them.</summary>
    public ConfigurationSources Read(ParseResult arguments) =>
        ConfigurationSources.OfProcess(arguments.GetValue(_file), arguments.GetValue(_set) ?? []);
}
