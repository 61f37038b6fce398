using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.Testing;

/// <summary>One file of <c>tests/Conversations</c> for datagrams, and what its variables have come to mean. The form is described in the README there.</summary>
internal sealed partial class Conversation
{
    private readonly Dictionary<string, string> _bound = [];

    private Conversation(string file)
    {
        Name = Path.GetFileNameWithoutExtension(file);
        Lines = [.. File.ReadLines(file).Select((text, index) => Read(text, $"{Name}:{index + 1}")).OfType<Line>()];
    }

    /// <summary>What one line wants.</summary>
    internal enum Kind
    {
        Say,
        Hear,
        Wait,
    }

    /// <summary>Name of its file, without the extension.</summary>
    public string Name { get; }

    /// <summary>What happens, in order.</summary>
    public IReadOnlyList<Line> Lines { get; }

    /// <summary>Whether time goes by in it.</summary>
    public bool TakesTime => Lines.Any(line => line.Kind == Kind.Wait);

    /// <summary>Names of the conversations of a folder.</summary>
    public static IEnumerable<string> NamesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    /// <summary>Reads one of them.</summary>
    public static Conversation Open(string folder, string name) => new(Path.Combine(folder, name + ".txt"));

    /// <summary>The octets that a line says.</summary>
    public byte[] Spell(Line line) => Hex.Parse(Variable().Replace(line.Text, variable => _bound[variable.Groups["name"].Value]));

    /// <summary>Whether these are the octets that a line waits for; then its variables mean what stands in their places.</summary>
    public bool Matches(Line line, ReadOnlySpan<byte> octets)
    {
        var expected = Text().Replace(line.Text, text => Hex.Of(Hex.Parse(text.Value))).Replace("*", ".*", StringComparison.Ordinal);
        expected = Option().Replace(expected, "(?:${delta}0|${delta}1.{2}|${delta}2.{4}|${delta}3.{6})");
        var pattern = Variable().Replace(expected, PatternOf).Replace(" ", "", StringComparison.Ordinal);
        var match = Regex.Match(Hex.Of(octets), $"^{pattern}$", RegexOptions.IgnoreCase);
        foreach (var variable in match.Groups.Values.Where(group => char.IsLetter(group.Name[0])))
        {
            _bound[variable.Name] = variable.Value;
        }

        return match.Success;
    }

    private string PatternOf(Match variable)
    {
        var name = variable.Groups["name"].Value;
        var octets = variable.Groups["octets"].Success ? int.Parse(variable.Groups["octets"].Value, CultureInfo.InvariantCulture) : 2;
        return _bound.GetValueOrDefault(name, $"(?<{name}>[0-9A-F]{{{2 * octets}}})");
    }

    private static Line? Read(string text, string where)
    {
        var line = Form().Match(text);
        return !line.Success ? throw new FormatException($"{where}: cannot be read: {text}")
            : line.Groups["seconds"].Success ? new Line(where, "", Kind.Wait, line.Groups["seconds"].Value)
            : line.Groups["said"].Success ? new Line(where, line.Groups["node"].Value, Kind.Say, line.Groups["said"].Value)
            : line.Groups["heard"].Success ? new Line(where, line.Groups["node"].Value, Kind.Hear, line.Groups["heard"].Value)
            : null;
    }

    [GeneratedRegex(@"^(#.*|\s*|after (?<seconds>\d+)s\b.*|(?<node>\w*)(> (?<said>\S.*?)|< (?<heard>\S.*?))(\s{2,}.*|\s*))$")]
    private static partial Regex Form();

    [GeneratedRegex(@"\$(?<name>[a-z]+)(:(?<octets>\d+))?")]
    private static partial Regex Variable();

    [GeneratedRegex("(?<delta>[0-9A-F])~")]
    private static partial Regex Option();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Text();

    /// <summary>One line.</summary>
    /// <param name="Where">File and number.</param>
    /// <param name="Node">Who says or hears it; empty for the first.</param>
    /// <param name="Kind">What it wants.</param>
    /// <param name="Text">Octets as they are written, or seconds.</param>
    internal sealed record Line(string Where, string Node, Kind Kind, string Text);
}
