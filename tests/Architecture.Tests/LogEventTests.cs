using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.Architecture.Tests;

/// <summary>What the program can say in its log: each event has a number of its own and a line in docs/log-events.md.</summary>
public sealed partial class LogEventTests
{
    private static readonly string[] Page = Repository.Read("docs/log-events.md").Split('\n');

    [Fact]
    public void Every_event_is_written_so_that_it_can_be_found()
    {
        var declared = Repository.Sources.Sum(path => Attribute.Count(Repository.Read(path)));

        Assert.NotEqual(0, declared);
        Assert.Equal(declared, Events().Count());
    }

    [Fact]
    public void No_two_events_have_the_same_number() =>
        Assert.Empty(Events().GroupBy(e => e.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(e => e.Path))}"));

    [Fact]
    public void Every_event_is_in_the_list_with_its_level() =>
        Assert.All(Events(), e => Assert.True(
            Page.Any(line => line.StartsWith(Row(e), StringComparison.Ordinal)),
            $"docs/log-events.md must have a line that begins with\n{Row(e)} (it is in {e.Path})"));

    [Fact]
    public void No_event_is_in_the_list_that_the_program_does_not_have() =>
        Assert.DoesNotContain(Page, line => ListedEvent.IsMatch(line) && !Events().Any(e => line.StartsWith(Row(e), StringComparison.Ordinal)));

    [Fact]
    public void No_event_bears_a_secret() =>
        Assert.DoesNotContain(Events(), e => Secret.IsMatch(e.Text));

    private static string Row((int Id, string Level, string Text, string Path) e) =>
        string.Create(CultureInfo.InvariantCulture, $"| {e.Id} | {e.Level.ToLowerInvariant()} | ");

    private static IEnumerable<(int Id, string Level, string Text, string Path)> Events() =>
        from path in Repository.Sources
        from Match e in Event.Matches(Repository.Read(path))
        select (int.Parse(e.Groups["id"].Value, CultureInfo.InvariantCulture), e.Groups["level"].Value, e.Groups["text"].Value, path);

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Attribute { get; }

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?<id>\d+),\s*LogLevel\.(?<level>\w+),\s*(?<text>""[^\]]*)\]")]
    private static partial Regex Event { get; }

    [GeneratedRegex(@"^\| \d{4} \|")]
    private static partial Regex ListedEvent { get; }

    [GeneratedRegex(@"\{(?:password|secret|token|credential|psk|privateKey)", RegexOptions.IgnoreCase)]
    private static partial Regex Secret { get; }
}
