using System.Text.RegularExpressions;

namespace Edge.Architecture.Tests;

/// <summary>What must hold for every shipped source file.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 400;

    [Fact]
    public void No_file_is_longer_than_400_lines() => Assert.DoesNotContain(Repository.Sources, path => LinesOf(path) > MostLines);

    [Fact]
    public void No_file_holds_two_public_types() =>
        Assert.DoesNotContain(Repository.Sources, path => PublicType.Count(Repository.Read(path)) > 1);

    [Fact]
    public void A_protocol_knows_no_socket_task_timer_or_log() =>
        Assert.Empty(
            from path in Repository.Sources
            where path.StartsWith("src/Protocols.", StringComparison.Ordinal)
            from Match word in WorldlyWord.Matches(Comment.Replace(Repository.Read(path), ""))
            select $"{path}: {word.Value}");

    [Fact]
    public void Messaging_knows_no_file_socket_or_log() =>
        Assert.Empty(
            from path in Repository.Sources
            where path.StartsWith("src/Messaging/", StringComparison.Ordinal)
            from Match word in WorldlyNamespace.Matches(Repository.Read(path))
            select $"{path}: {word.Value}");

    [Fact]
    public void Nothing_is_left_to_be_done_in_a_comment() =>
        Assert.DoesNotContain(Repository.Sources, path => Unfinished.IsMatch(Repository.Read(path)));

    private static int LinesOf(string path) => Repository.Read(path).Count(letter => letter == '\n');

    [GeneratedRegex(@"^public (?:static |sealed |abstract |partial |readonly |ref )*(?:class|struct|record|interface|enum|delegate) ", RegexOptions.Multiline)]
    private static partial Regex PublicType { get; }

    [GeneratedRegex(@"\b(?:async|await|Task|ValueTask|Thread|Socket|Stream|File|Timer|PeriodicTimer|Stopwatch|ILogger|IServiceProvider)\b")]
    private static partial Regex WorldlyWord { get; }

    [GeneratedRegex(@"using System\.(?:IO|Net)|using Microsoft\.")]
    private static partial Regex WorldlyNamespace { get; }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment { get; }

    [GeneratedRegex("TODO|FIXME|HACK")]
    private static partial Regex Unfinished { get; }
}
