using System.Text.RegularExpressions;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>Keeps <c>docs/protocols/mqtt.md</c> true: every test it names is there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot(AppContext.BaseDirectory), "docs", "protocols", "mqtt.md"));

    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var tests = typeof(DocumentationTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();
        var named = TestName().Matches(Page).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(tests.Concat(named.Where(IsInOtherTests))));
    }

    [Fact]
    public void Every_row_says_done_with_a_test_or_what_is_missing()
    {
        var rows = Page.Split('\n').SkipWhile(line => line != "## MQTT 5.0").TakeWhile(line => !line.StartsWith("## What", StringComparison.Ordinal))
            .Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Split('|')).ToArray();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.True(
            (row[2].Trim() == "done" && TestName().IsMatch(row[3])) || row[2].TrimStart().StartsWith("partly: ", StringComparison.Ordinal)
            || row[2].TrimStart().StartsWith("not: ", StringComparison.Ordinal),
            row[1]));
    }

    [Fact]
    public void Every_statement_is_done_with_a_test_or_what_is_missing()
    {
        var rows = Page.Split('\n').SkipWhile(line => line != "## Statement by statement")
            .Where(line => line.StartsWith("| [MQTT-", StringComparison.Ordinal)).Select(line => line.Split('|')).ToArray();

        Assert.True(rows.Length > 90, $"There are {rows.Length} rows.");
        Assert.All(rows, row => Assert.True(
            (row[3].Trim() == "done" && TestName().IsMatch(row[4])) || row[3].TrimStart().StartsWith("partly: ", StringComparison.Ordinal)
            || row[3].TrimStart().StartsWith("not: ", StringComparison.Ordinal),
            row[1]));
    }

    private static bool IsInOtherTests(string name) => name.Split('.') is [var type, var method]
        && Directory.EnumerateFiles(Path.Combine(RepositoryRoot(AppContext.BaseDirectory), "tests"), $"{type}.cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains($" {method}(", StringComparison.Ordinal));

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();

    private static string RepositoryRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Edge.sln")) ? folder : RepositoryRoot(Path.GetDirectoryName(folder)!);
}
