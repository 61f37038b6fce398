using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Holds <c>docs/protocols/coap.md</c> to what there is.</summary>
public sealed partial class SupportTableTests
{
    private static readonly string[] Rows = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "coap.md"))
        .Where(line => FirstCell().IsMatch(line))];

    private static readonly string[] Shown = [.. Rows.SelectMany(row => Quoted().Matches(row.Split('|')[^2])).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Every_row_has_a_state_and_is_shown_by_something() => Assert.All(Rows, row =>
    {
        Assert.Matches(@"\| (done|partly: .+|not: .+) \|", row);
        Assert.Matches(Quoted(), row.Split('|')[^2]);
    });

    [Fact]
    public void What_is_said_to_show_it_exists() => Assert.Empty(Shown.Except(Tests()));

    private static HashSet<string?> Tests([CallerFilePath] string here = "") =>
    [
        .. Directory.EnumerateFiles(Path.GetFullPath("../..", here), "*Tests.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension),
    ];

    [GeneratedRegex(@"^\| \d")]
    private static partial Regex FirstCell();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
