using Edge.Gateway.Configuration.Schema;
using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration;

/// <summary>Reads the configuration: the file, over it the environment, over that the command line; then validates the whole.</summary>
internal static class ConfigurationLoader
{
    /// <summary>Environment variable that names the file.</summary>
    public const string FileVariable = "EDGE_GATEWAY_CONFIG";

    /// <summary>Beginning of the environment variables that set single keys; what follows is the key with <c>__</c> for each dot.</summary>
    public const string KeyVariablePrefix = "EDGE_GATEWAY__";

    /// <summary>Reads and validates. Whatever the sources hold, this does not throw: faults are in the result, all at once.</summary>
    public static ConfigurationResult Load(ConfigurationSources sources)
    {
        var defaults = new SettingOrigin("built-in defaults", sources.WorkingDirectory);
        var report = new ConfigurationReport(defaults);

        var file = FindFile(sources);
        var root = file is null ? new SettingTable(defaults) : TomlFile.Read(file, "the configuration file", report);
        var isReadable = root is not null;
        root ??= new SettingTable(defaults);

        ApplyEnvironment(root, sources, report);
        ApplyCommandLine(root, sources, report);

        // Without the file's text every key that must be given would seem to be missing.
        var settings = isReadable ? GatewaySchema.For(sources.HostName, DataDirectory(sources)).Read(root, "", report) : null;
        return new ConfigurationResult(report.Faults.Count == 0 ? settings : null, report.Faults, file);
    }

    private static string? FindFile(ConfigurationSources sources)
    {
        var variable = sources.Environment.GetValueOrDefault(FileVariable);
        var named = sources.File ?? (string.IsNullOrEmpty(variable) ? null : variable);
        return named is not null ? Path.GetFullPath(named, sources.WorkingDirectory)
            : IsThere(sources.DefaultFile) ? sources.DefaultFile
            : null;
    }

    /// <summary>A file that we may not even look at is there: to go on without it would be to run with other settings than those that were meant.</summary>
    private static bool IsThere(string path)
    {
        try
        {
            File.GetAttributes(path);
            return true;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void ApplyEnvironment(SettingTable root, ConfigurationSources sources, ConfigurationReport report)
    {
        foreach (var (name, text) in sources.Environment
            .Where(variable => variable.Key.StartsWith(KeyVariablePrefix, StringComparison.Ordinal))
            .OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            var key = name[KeyVariablePrefix.Length..].Replace("__", ".", StringComparison.Ordinal);
            SettingOverride.Apply(root, key, text, new SettingOrigin($"environment variable {name}", sources.WorkingDirectory), report);
        }
    }

    private static void ApplyCommandLine(SettingTable root, ConfigurationSources sources, ConfigurationReport report)
    {
        foreach (var argument in sources.Set)
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                report.Add(new SettingOrigin("--set", sources.WorkingDirectory), argument, "has no value; write it as --set section.key=value");
                continue;
            }

            SettingOverride.Apply(root, argument[..equals], argument[(equals + 1)..], new SettingOrigin("--set", sources.WorkingDirectory), report);
        }
    }

    /// <summary>systemd names the folder it made for us; when there are several, the first is ours.</summary>
    private static string DataDirectory(ConfigurationSources sources)
    {
        var given = sources.Environment.GetValueOrDefault("STATE_DIRECTORY")?.Split(':')[0];
        return Path.GetFullPath(string.IsNullOrEmpty(given) ? "edge-data" : given, sources.WorkingDirectory);
    }
}
