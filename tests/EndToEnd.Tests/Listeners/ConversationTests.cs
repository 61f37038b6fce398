using System.Text.RegularExpressions;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Listeners;

/// <summary>Plays <c>tests/Conversations/mqtt/*.txt</c> by every listener. Their form is described in the README beside them.</summary>
public sealed partial class ConversationTests : EndToEndTest
{
    /// <summary>By all listeners at a time, each of a gateway of its own: the conversations spend their time waiting for ends and for Wills.</summary>
    [Fact]
    public async Task Each_is_held_as_written()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Conversations", "mqtt"), "*.txt").Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(files);
        var (certificate, key) = new CertificateAuthority(Folder, "root").Issue("localhost");
        var configuration = new GatewayConfiguration
        {
            Settings = [.. new[] { "mqtts", "wss" }.SelectMany(tls => (string[])[$"listeners.{tls}.certificate = '{certificate}'", $"listeners.{tls}.key = '{key}'"])],
        };
        var all = new List<Task>();
        foreach (var listener in (string[])["mqtt", "mqtts", "ws", "wss"])
        {
            all.Add(PlayAsync(await StartGatewayAsync(configuration), listener, files));
        }

        await Task.WhenAll(all);
    }

    private static async Task PlayAsync(GatewayProcess gateway, string listener, string[] files)
    {
        foreach (var file in files)
        {
            await PlayAsync(gateway, listener, file);
        }
    }

    private static async Task PlayAsync(GatewayProcess gateway, string listener, string file)
    {
        var clients = new Dictionary<string, WireConversation>();
        var number = 0;
        try
        {
            foreach (var text in await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            {
                number++;
                var line = Line().Match(text);
                Assert.True(line.Success, "It cannot be read.");
                var client = line.Groups["client"].Value;
                if (line.Groups["said"].Success)
                {
                    if (!clients.TryGetValue(client, out var talk))
                    {
                        clients.Add(client, talk = await WireConversation.ConnectAsync(gateway, listener));
                    }

                    await talk.SendAsync(Hex.Packet(line.Groups["said"].Value));
                }
                else if (line.Groups["heard"].Success)
                {
                    await clients[client].ExpectAsync(Hex.Of(Hex.Packet(line.Groups["heard"].Value)));
                }
                else if (line.Groups["end"].Success)
                {
                    Assert.True(clients.Remove(client, out var talk));
                    await using (talk)
                    {
                        Assert.Empty(await talk.ReadToEndAsync());
                    }
                }
                else if (line.Groups["cut"].Success)
                {
                    Assert.True(clients.Remove(client, out var talk));
                    await talk.DisposeAsync();
                }
            }
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{Path.GetFileName(file)}:{number} by {listener}: {fault.Message}", fault);
        }
        finally
        {
            foreach (var talk in clients.Values)
            {
                await talk.DisposeAsync();
            }
        }
    }

    [GeneratedRegex(@"^(#.*|\s*|(?<client>\w*?)(> (?<said>\S.*?)|< (?<heard>\S.*?)|(?<end>end)|(?<cut>cut))(\s{2,}.*|\s*))$")]
    private static partial Regex Line();
}
