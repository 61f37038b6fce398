using System.Net;
using System.Net.Sockets;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>Tells conversations to a running gateway over UDP, but for those in which time goes by: their peers have time in their own tests.</summary>
internal static class DatagramConversation
{
    private const int AtATime = 2;

    /// <summary>Plays all of a folder of <c>tests/Conversations</c>, each with a gateway of its own, as sessions last.</summary>
    /// <param name="protocol">Name of the folder.</param>
    /// <param name="start">Starts a gateway.</param>
    /// <param name="portOf">Where that gateway is met.</param>
    /// <returns>How many there were.</returns>
    public static async Task<int> PlayAllAsync(string protocol, Func<Task<GatewayProcess>> start, Func<GatewayProcess, int> portOf)
    {
        var folder = Path.Combine(Repository.Root, "tests", "Conversations", protocol);
        var conversations = Conversation.NamesIn(folder).Select(name => Conversation.Open(folder, name)).Where(conversation => !conversation.TakesTime).ToArray();
        foreach (var some in conversations.Chunk(AtATime))
        {
            await Task.WhenAll(some.Select(async conversation => await PlayAsync(portOf(await start()), conversation)));
        }

        return conversations.Length;
    }

    private static async Task PlayAsync(int port, Conversation conversation)
    {
        var nodes = new Dictionary<string, Node>();
        try
        {
            foreach (var line in conversation.Lines)
            {
                if (!nodes.TryGetValue(line.Node, out var node))
                {
                    nodes.Add(line.Node, node = new Node(port));
                }

                await (line.Kind == Conversation.Kind.Say ? node.SayAsync(conversation.Spell(line)) : node.HearAsync(conversation, line));
            }
        }
        finally
        {
            foreach (var node in nodes.Values)
            {
                node.Dispose();
            }
        }

        Assert.All(nodes, node => Assert.True(
            node.Value.Unnamed is [], $"{conversation.Name}: {node.Key}< {string.Join(", ", node.Value.Unnamed.Select(octets => Hex.Of(octets)))} is not named"));
    }

    private sealed class Node : IDisposable
    {
        private readonly UdpClient _udp = new(AddressFamily.InterNetwork);

        public Node(int port) => _udp.Connect(IPAddress.Loopback, port);

        /// <summary>What came before its turn: where the store takes its time, answers come in another order.</summary>
        public List<byte[]> Unnamed { get; } = [];

        public async Task SayAsync(byte[] octets) => await _udp.SendAsync(octets, TestContext.Current.CancellationToken);

        public async Task HearAsync(Conversation conversation, Conversation.Line line)
        {
            int at;
            while ((at = Unnamed.FindIndex(octets => conversation.Matches(line, octets))) < 0)
            {
                var datagram = await _udp.ReceiveAsync(TestContext.Current.CancellationToken).AsTask()
                    .OrFailAsync($"{line.Where}: {line.Text}, after {string.Join(", ", Unnamed.Select(octets => Hex.Of(octets)))},");
                Unnamed.Add(datagram.Buffer);
            }

            Unnamed.RemoveAt(at);
        }

        public void Dispose() => _udp.Dispose();
    }
}
