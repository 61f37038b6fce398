using System.Xml.Linq;

namespace Edge.Architecture.Tests;

/// <summary>The repository as files, read from where the tests run.</summary>
internal static class Repository
{
    /// <summary>Folders that hold what is shipped; <c>hardware</c> comes with the first device.</summary>
    private static readonly string[] Shipped = ["src", "hardware"];

    public static string Root { get; } = FindUp(AppContext.BaseDirectory);

    /// <summary>Shipped projects by their path below the root.</summary>
    public static IEnumerable<string> Projects => Files("*.csproj");

    /// <summary>Shipped sources by their path below the root; nothing that was generated.</summary>
    public static IEnumerable<string> Sources => Files("*.cs");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string NameOf(string project) => Path.GetFileNameWithoutExtension(project);

    /// <summary>What a project file includes under an element's name.</summary>
    public static IEnumerable<string> Included(string project, string element) => XDocument.Parse(Read(project))
        .Descendants(element)
        .Select(item => item.Attribute("Include")!.Value.Replace('\\', '/'));

    private static IEnumerable<string> Files(string pattern) => Shipped
        .Select(folder => Path.Combine(Root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static string FindUp(string folder) =>
        File.Exists(Path.Combine(folder, "Edge.sln")) ? folder : FindUp(Path.GetDirectoryName(folder)!);
}
