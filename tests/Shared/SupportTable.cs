using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Edge.Testing;

/// <summary>The rows of a page of <c>docs/protocols</c>, each of which has a state and says what shows it.</summary>
/// <param name="page">Name of the page beside the tests.</param>
internal sealed partial class SupportTable(string page)
{
    /// <summary>Rows that begin with the number of a section.</summary>
    public IReadOnlyList<string> Rows { get; } = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, page)).Where(line => FirstCell().IsMatch(line))];

    /// <summary>Test classes and conversations that are named.</summary>
    public IEnumerable<string> Shown => Rows.SelectMany(row => Quoted().Matches(row.Split('|')[^2])).Select(match => match.Groups[1].Value);

    /// <summary>All test classes of the repository.</summary>
    public static IEnumerable<string?> Tests([CallerFilePath] string here = "") =>
        Directory.EnumerateFiles(Path.GetFullPath("../..", here), "*Tests.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension);

    /// <summary>Every row says «done», «partly: …» or «not: …», and names something.</summary>
    public void CheckRows() => Assert.All(Rows, row =>
    {
        Assert.Matches(@"\| (done|partly: .+|not: .+) \|", row);
        Assert.Matches(Quoted(), row.Split('|')[^2]);
    });

    [GeneratedRegex(@"^\| \d")]
    private static partial Regex FirstCell();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
