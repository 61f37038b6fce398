using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>Keeps <c>docs/protocols/mqtt.md</c> true: every test it names is there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(PathOf("docs", "protocols", "mqtt.md"));

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

    [Theory, InlineData("5.0"), InlineData("3.1.1")]
    public void Every_statement_is_done_with_a_test_or_what_is_missing(string version) => Assert.All(RowsOf(version), row => Assert.True(
        (row[3].Trim() == "done" && (TestName().IsMatch(row[4]) || ConversationName().IsMatch(row[4])))
            || row[3].TrimStart().StartsWith("partly: ", StringComparison.Ordinal) || row[3].TrimStart().StartsWith("not: ", StringComparison.Ordinal),
        row[1]));

    /// <summary>Appendix B of each version: how many statements a section has, and which of them bind clients alone, or were never given.</summary>
    [Theory]
    [InlineData(
        "5.0",
        "1.5.4:3 1.5.5:1 1.5.7:1 2.1.3:1 2.2.1:6 2.2.2:1 3.1.0:2 3.1.2:30 3.1.3:12 3.1.4:6 3.2.0:2 3.2.2:22 3.3.1:13 3.3.2:20 3.3.4:10 3.4.2:3 3.5.2:3 "
            + "3.6.1:1 3.6.2:3 3.7.2:3 3.8.1:1 3.8.3:5 3.8.4:8 3.9.2:2 3.9.3:2 3.10.1:1 3.10.3:2 3.10.4:6 3.11.2:2 3.11.3:2 3.12.4:1 3.14.0:1 3.14.1:1 3.14.2:4 "
            + "3.14.4:3 3.15.1:1 3.15.2:3 4.1.0:2 4.2.0:1 4.3.1:1 4.3.2:5 4.3.3:13 4.4.0:2 4.5.0:2 4.6.0:6 4.7.0:1 4.7.1:2 4.7.2:1 4.7.3:4 4.8.2:6 4.9.0:3 4.12.0:7 "
            + "4.12.1:2 4.13.1:1 4.13.2:1 6.0.0:4",
        "2.2.1-1 3.1.2-20 3.1.2-21 3.2.2-4 3.2.2-5 3.2.2-11 3.2.2-14 3.2.2-15 3.2.2-17 3.2.2-18 3.2.2-21 3.3.2-10 3.3.4-7 3.3.4-8 4.5.0-2 4.6.0-1 4.6.0-2 4.6.0-3 4.6.0-4")]
    [InlineData(
        "3.1.1",
        "1.5.3:3 2.2.2:2 2.3.1:7 3.1.0:2 3.1.2:24 3.1.3:11 3.1.4:5 3.2.0:1 3.2.2:6 3.3.1:12 3.3.2:3 3.3.4:1 3.3.5:2 3.6.1:1 3.8.1:1 3.8.3:4 3.8.4:6 3.9.3:2 3.10.1:1 "
            + "3.10.3:2 3.10.4:6 3.12.4:1 3.14.1:1 3.14.4:3 4.1.0:2 4.3.1:1 4.3.2:2 4.3.3:2 4.4.0:1 4.5.0:2 4.6.0:6 4.7.1:3 4.7.2:1 4.7.3:4 4.8.0:2 6.0.0:4 7.0.0:2 7.1.1:1",
        "2.3.1-2 2.3.1-3 3.1.2-23 3.1.3-7 3.14.4-1 3.14.4-2 4.5.0-2 4.6.0-2 4.6.0-3 4.6.0-4 6.0.0-3")]
    public void Every_statement_that_binds_a_server_stands_once(string version, string sections, string others)
    {
        var expected = sections.Split(' ').Select(section => section.Split(':'))
            .SelectMany(section => Enumerable.Range(1, int.Parse(section[1], CultureInfo.InvariantCulture)).Select(number => $"{section[0]}-{number}"))
            .Except(others.Split(' '));

        Assert.Equal(expected.Order(), RowsOf(version).SelectMany(row => Statement().Matches(row[1])).Select(match => match.Groups[1].Value).Order());
    }

    [Fact]
    public void Every_conversation_that_the_page_names_exists_and_cites_what_it_alone_shows()
    {
        foreach (var row in RowsOf("5.0").Concat(RowsOf("3.1.1")).Where(row => ConversationName().IsMatch(row[4])))
        {
            var told = string.Concat(ConversationName().Matches(row[4]).Select(match => File.ReadAllText(PathOf("tests", "Conversations", "mqtt", match.Groups[1].Value))));
            Assert.All(
                Statement().Matches(row[1]),
                match => Assert.True(TestName().IsMatch(row[4]) || told.Contains(match.Value, StringComparison.Ordinal), match.Value));
        }
    }

    private static string[][] RowsOf(string version) =>
    [
        .. Page.Split('\n').SkipWhile(line => line != $"## MQTT {version}, statement by statement").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| [MQTT-", StringComparison.Ordinal)).Select(line => line.Split('|')),
    ];

    private static bool IsInOtherTests(string name) => name.Split('.') is [var type, var method]
        && Directory.EnumerateFiles(PathOf("tests"), $"{type}.cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains($" {method}(", StringComparison.Ordinal));

    private static string PathOf(params string[] parts) => Path.Combine([RepositoryRoot(AppContext.BaseDirectory), .. parts]);

    [GeneratedRegex(@"\[MQTT-([\d.]+-\d+)\]")]
    private static partial Regex Statement();

    [GeneratedRegex(@"`([\w-]+\.txt)`")]
    private static partial Regex ConversationName();

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();

    private static string RepositoryRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Edge.sln")) ? folder : RepositoryRoot(Path.GetDirectoryName(folder)!);
}
