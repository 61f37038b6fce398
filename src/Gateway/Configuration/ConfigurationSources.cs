using System.Collections;

namespace Edge.Gateway.Configuration;

/// <summary>From what a configuration is made: the machine as far as it matters, and the command line.</summary>
internal sealed record ConfigurationSources
{
    /// <summary>File given with <c>--config</c>, or null.</summary>
    public string? File { get; init; }

    /// <summary>What was given with <c>--set</c>, each <c>KEY=VALUE</c>, in order.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>File that is read when none is named; it need not exist.</summary>
    public string DefaultFile { get; init; } = "/etc/edge-gateway/gateway.toml";

    /// <summary>Name of this machine.</summary>
    public string HostName { get; init; } = System.Environment.MachineName;

    /// <summary>Folder from which relative paths outside the file count.</summary>
    public string WorkingDirectory { get; init; } = System.Environment.CurrentDirectory;

    /// <summary>The sources of this process.</summary>
    public static ConfigurationSources OfProcess(string? file, IReadOnlyList<string> set) => new()
    {
        File = file,
        Set = set,
        Environment = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? ""),
    };
}
