using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Listeners;

/// <summary>
/// Plays <c>tests/Conversations/mqttsn/*.txt</c> over UDP, but for those in which time goes by: their peers have time in their own tests.
/// The form is described in the README beside them.
/// </summary>
public sealed partial class SnConversationTests : EndToEndTest
{
    private const int AtATime = 2;

    private static readonly GatewayConfiguration Configuration = new()
    {
        Settings = ["""mqttsn.predefined_topics = { 1 = "plant/1/temperature", 2 = "plant/1/humidity" }"""],
    };

    /// <summary>Each with a gateway of its own, as their sessions last.</summary>
    [Fact]
    public async Task Each_is_held_as_written()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Conversations", "mqttsn"), "*.txt")
            .Where(file => !File.ReadLines(file).Any(line => line.StartsWith("after ", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);
        var played = 0;
        foreach (var some in files.Chunk(AtATime))
        {
            await Task.WhenAll(some.Select(async file => await PlayAsync(await StartGatewayAsync(Configuration), file)));
            played += some.Length;
        }

        Assert.InRange(played, 20, int.MaxValue);
    }

    private static async Task PlayAsync(GatewayProcess gateway, string file)
    {
        var bound = new Dictionary<string, string>();
        var nodes = new Dictionary<string, Node>();
        var number = 0;
        try
        {
            foreach (var text in await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            {
                number++;
                var line = Line().Match(text);
                Assert.True(line.Success, "It cannot be read.");
                var name = line.Groups["node"].Value;
                if (!nodes.TryGetValue(name, out var node))
                {
                    nodes.Add(name, node = new Node(gateway.MqttSnPort));
                }

                if (line.Groups["said"].Success)
                {
                    await node.SayAsync(Variable().Replace(line.Groups["said"].Value, variable => bound[variable.Value]));
                }
                else if (line.Groups["heard"].Success)
                {
                    await node.HearAsync(line.Groups["heard"].Value, bound);
                }
            }

            foreach (var (name, node) in nodes)
            {
                Assert.True(node.Unnamed is [], $"{name} heard {string.Join(", ", node.Unnamed)}, which the conversation does not name");
            }
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{Path.GetFileName(file)}:{number}: {fault.Message}", fault);
        }
        finally
        {
            foreach (var node in nodes.Values)
            {
                node.Dispose();
            }
        }
    }

    [GeneratedRegex(@"^(#.*|\s*|(?<node>\w*?)(> (?<said>\S.*?)|< (?<heard>\S.*?))(\s{2,}.*|\s*))$")]
    private static partial Regex Line();

    [GeneratedRegex(@"\$[a-z]+")]
    private static partial Regex Variable();

    private sealed class Node : IDisposable
    {
        private readonly UdpClient _udp = new(AddressFamily.InterNetwork);

        public Node(int port) => _udp.Connect(IPAddress.Loopback, port);

        /// <summary>What came before its turn: where the store takes its time, answers come in another order.</summary>
        public List<string> Unnamed { get; } = [];

        public async Task SayAsync(string hex) => await _udp.SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), TestContext.Current.CancellationToken);

        public async Task HearAsync(string expected, Dictionary<string, string> bound)
        {
            var pattern = Variable().Replace(expected, variable => bound.GetValueOrDefault(variable.Value, $"(?<{variable.Value[1..]}>....)"));
            var frame = new Regex($"^{pattern.Replace(" ", "", StringComparison.Ordinal)}$", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
            while (!Unnamed.Exists(frame.IsMatch))
            {
                var datagram = await _udp.ReceiveAsync(TestContext.Current.CancellationToken).AsTask()
                    .OrFailAsync(string.Create(CultureInfo.InvariantCulture, $"{expected}, after {string.Join(", ", Unnamed)},"));
                Unnamed.Add(Convert.ToHexString(datagram.Buffer));
            }

            var match = Unnamed.Select(heard => frame.Match(heard)).First(match => match.Success);
            Unnamed.Remove(match.Value);
            foreach (var variable in match.Groups.Values.Where(group => char.IsLetter(group.Name[0])))
            {
                bound["$" + variable.Name] = variable.Value;
            }
        }

        public void Dispose() => _udp.Dispose();
    }
}
