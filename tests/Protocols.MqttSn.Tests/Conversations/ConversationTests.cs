using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Protocols.MqttSn.Tests.Procedures;

namespace Edge.Protocols.MqttSn.Tests.Conversations;

/// <summary>Plays <c>tests/Conversations/mqttsn/*.txt</c> against the peer. Their form is described in the README beside them.</summary>
public sealed partial class ConversationTests
{
    private const string Octets = @"([0-9A-Fa-f]{2}|\$[a-z]+)( ?([0-9A-Fa-f]{2}|\$[a-z]+))*";

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Conversations");

    [Theory, MemberData(nameof(Names))]
    public void Is_held_as_written(string name)
    {
        var front = new TinyFront(Node.DefaultOptions with { GatewayId = 1 });
        var bound = new Dictionary<string, string>();
        var number = 0;
        foreach (var text in File.ReadLines(Path.Combine(Folder, name + ".txt")))
        {
            number++;
            var line = Line().Match(text);
            Assert.True(line.Success, $"{name}:{number}: cannot be read: {text}");
            var node = line.Groups["node"].Value;
            if (line.Groups["said"].Success)
            {
                AssertSilence(front, name, number);
                front.Say(node, Hex.Parse(Variable().Replace(line.Groups["said"].Value, variable => bound[variable.Value])));
            }
            else if (line.Groups["heard"].Success)
            {
                AssertHeard(line.Groups["heard"].Value, front.Hear(node), bound, $"{name}:{number}");
            }
            else if (line.Groups["seconds"].Success)
            {
                AssertSilence(front, name, number);
                front.Wait(TimeSpan.FromSeconds(int.Parse(line.Groups["seconds"].Value, CultureInfo.InvariantCulture)));
            }
        }

        AssertSilence(front, name, number);
    }

    private static void AssertSilence(TinyFront front, string name, int number) =>
        Assert.True(!front.Unheard.Any(), $"{name}:{number}: before this line came {string.Join(", ", front.Unheard.Select(node => node + Hex.Format(front.Hear(node))))}");

    private static void AssertHeard(string expected, byte[]? frame, Dictionary<string, string> bound, string where)
    {
        Assert.True(frame is not null, $"{where}: nothing came");
        var actual = Hex.Format(frame);
        var pattern = Variable().Replace(expected, variable => bound.GetValueOrDefault(variable.Value, $"(?<{variable.Value[1..]}>....)"));
        var match = Regex.Match(actual, $"^{pattern.Replace(" ", "", StringComparison.Ordinal)}$", RegexOptions.IgnoreCase);
        Assert.True(match.Success, $"{where}: expected {expected}, but {actual} came");
        foreach (var variable in match.Groups.Values.Where(group => char.IsLetter(group.Name[0])))
        {
            bound["$" + variable.Name] = variable.Value;
        }
    }

    [GeneratedRegex(@"^(#.*|\s*|after (?<seconds>\d+)s\b.*|(?<node>\w*)(> (?<said>" + Octets + ")|< (?<heard>" + Octets + @"))(\s{2,}.*|\s*))$")]
    private static partial Regex Line();

    [GeneratedRegex(@"\$[a-z]+")]
    private static partial Regex Variable();
}
