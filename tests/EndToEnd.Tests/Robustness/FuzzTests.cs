using System.Text;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Any octets to the listeners of a gateway that runs: it serves on, and its log has no error; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests : EndToEndTest
{
    private const int Between = 500;

    private const string Upgrade =
        "GET /mqtt HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";

    private static readonly byte[][] Packets = [.. new[]
    {
        "10 0D 0004 4D515454 04 02 0000 0001 6E 82 08 0001 0003 612F62 01 32 08 0003 612F62 0007 78 C000",
        "10 18 0004 4D515454 04 06 0000 0001 6E 0004 77696C6C 0003 627965 34 08 0003 612F62 0001 78 62 02 0001 E000",
        "10 17 0004 4D515454 05 02 000A 05 11 0000000A 0005 6B657074 31 82 09 0002 00 0003 612F23 02 30 06 0001 61 00 6869",
    }.Select(Octets)];

    /// <summary>Frames of a client, with a mask of zeros: binary, in fragments, ping, pong, close, long.</summary>
    private static readonly byte[][] Frames =
    [
        .. Packets.Select(packet => Frame(0x82, packet)),
        [.. Frame(0x02, Packets[0][..9]), .. Frame(0x89, [1, 2]), .. Frame(0x80, Packets[0][9..])],
        [.. Frame(0x8A, []), .. Frame(0x88, Octets("03E8"))],
        [.. Frame(0x82, Packets[2]), .. Frame(0x82, [0x30, 0xAC, 0x02, 0, 1, 0x61, .. new byte[297]])],
    ];

    [Fact]
    public Task Over_tcp() => FuzzAsync(gateway => gateway.MqttPort, Packets, _ => []);

    [Fact]
    public Task Over_http_and_websocket() => FuzzAsync(
        gateway => gateway.WebSocketPort, [.. Frames, Encoding.ASCII.GetBytes(Upgrade)], random => random.Next(4) == 0 ? [] : Encoding.ASCII.GetBytes(Upgrade));

    private async Task FuzzAsync(Func<GatewayProcess, int> port, byte[][] good, Func<Random, byte[]> beginning)
    {
        var gateway = await StartGatewayAsync();
        var witness = await ConnectAsync(gateway.MqttPort, "witness");
        await witness.SubscribeAsync("witness", 2);
        var count = 0;
        await Fuzzing.RunAsync(good, async (octets, random) =>
        {
            await using (var stranger = await WireConversation.ConnectAsync(port(gateway)))
            {
                ReadOnlyMemory<byte> rest = (byte[])[.. beginning(random), .. octets];
                foreach (var cut in Fuzzing.Cuts(rest.Length, random).Take(20))
                {
                    await stranger.TrySendAsync(rest[..cut]);
                    rest = rest[cut..];
                }

                await stranger.TrySendAsync(rest);
                stranger.EndSending();
                await stranger.ReadToEndAsync();
            }

            if (++count % Between == 0)
            {
                await witness.PublishAsync("witness", $"{count}", 2);
                await witness.Received.FirstAsync(message => message.Text == $"{count}", "The witness's message");
            }
        });
        await witness.PublishAsync("witness", "end", 2);
        await witness.Received.FirstAsync(message => message.Text == "end", "The witness's last message");
    }

    private static byte[] Frame(byte header, byte[] payload) => payload.Length < 126
        ? [header, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
        : [header, 0xFE, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];

    private static byte[] Octets(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
