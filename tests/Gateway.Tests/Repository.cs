namespace Edge.Gateway.Tests;

/// <summary>Finds files of the repository from where the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = FindUp(AppContext.BaseDirectory);

    public static string File(string path) => Path.Combine(Root, path);

    private static string FindUp(string folder) =>
        System.IO.File.Exists(Path.Combine(folder, "Edge.sln")) ? folder : FindUp(Path.GetDirectoryName(folder)!);
}
