namespace Edge.EndToEnd.Tests.Harness;

/// <summary>Where things lie in the working copy.</summary>
internal static class Repository
{
    /// <summary>The folder of Edge.sln.</summary>
    public static string Root { get; } = FindUp(AppContext.BaseDirectory, "Edge.sln");

    /// <summary>The gateway: what <c>$EDGE_GATEWAY_PROGRAM</c> names (a published one, say), else the one built together with these tests.</summary>
    public static string Gateway { get; } =
        Environment.GetEnvironmentVariable("EDGE_GATEWAY_PROGRAM") is { Length: > 0 } program ? program : BuiltGateway();

    /// <summary>A new folder on a real file system, such as stores are measured on; /tmp may be memory.</summary>
    public static string CreateFolder(string name) =>
        Directory.CreateDirectory(Path.Combine(Root, "artifacts", "e2e", $"{name}-{Guid.NewGuid():n}")).FullName;

    /// <summary>src/Gateway/bin/{configuration}/{framework}, as this assembly lies in tests/EndToEnd.Tests/bin/{configuration}/{framework}.</summary>
    private static string BuiltGateway()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Root, "src", "Gateway", "bin", framework.Parent!.Name, framework.Name, "edge-gateway");
    }

    private static string FindUp(string folder, string file) =>
        File.Exists(Path.Combine(folder, file)) ? folder : FindUp(Path.GetDirectoryName(folder)!, file);
}
