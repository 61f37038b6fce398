using Edge.Gateway.Configuration;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>Loads a configuration in a folder of its own, away from this machine's files and environment.</summary>
internal sealed class Loading : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Folder => _folder.Path;

    public string File(string name, string content) => _folder.File(name, content);

    public ConfigurationSources Sources(string? toml = null, params string[] set) => new()
    {
        File = toml is null ? null : File("gateway.toml", toml),
        Set = set,
        DefaultFile = System.IO.Path.Combine(Folder, "etc-gateway.toml"),
        HostName = "host-1",
        WorkingDirectory = Folder,
    };

    public ConfigurationResult Load(string? toml = null, params string[] set) => ConfigurationLoader.Load(Sources(toml, set));

    public GatewaySettings Settings(string? toml = null, params string[] set)
    {
        var result = Load(toml, set);
        Assert.Empty(result.Faults);
        return result.Settings!;
    }

    /// <summary>The faults as they are printed, without the folder's name.</summary>
    public string[] Faults(string? toml, params string[] set)
    {
        var result = Load(toml, set);
        Assert.Null(result.Settings);
        return [.. result.Faults.Select(fault => fault.ToString().Replace(Folder + "/", "", StringComparison.Ordinal))];
    }

    public void Dispose() => _folder.Dispose();
}
