using System.Net;
using System.Net.Sockets;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A socket at an address of this machine that says and hears MQTT-SN in hexadecimal, and knows nothing of it.</summary>
internal sealed class RawNode : IDisposable
{
    private readonly UdpClient _udp;

    /// <summary>Binds a free port.</summary>
    /// <param name="port">Port of the gateway on loopback.</param>
    /// <param name="from">Where the node is, such as <c>127.0.0.2</c>.</param>
    public RawNode(int port, string from = "127.0.0.1")
    {
        _udp = new UdpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        _udp.Connect(IPAddress.Loopback, port);
    }

    /// <summary>Octets that were said.</summary>
    public int Said { get; private set; }

    /// <summary>In how many datagrams.</summary>
    public int Times { get; private set; }

    /// <summary>Says it. Text stands between apostrophes.</summary>
    public async Task SayAsync(params string[] datagrams)
    {
        foreach (var datagram in datagrams.Select(Hex.Parse))
        {
            Said += datagram.Length;
            Times++;
            await _udp.SendAsync(datagram, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The next datagram that comes, as hexadecimal.</summary>
    public async Task<string> HearAsync() =>
        Convert.ToHexString((await _udp.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().OrFailAsync("A datagram")).Buffer);

    /// <summary>Says something, and gives what comes until the gateway has answered to a question asked behind it: SEARCHGW, which is always answered.</summary>
    public async Task<List<string>> HearAllAsync(params string[] datagrams)
    {
        await SayAsync([.. datagrams, "03 01 00"]);
        var heard = new List<string>();
        while (await HearAsync() is var datagram && datagram[2..4] != "02")
        {
            heard.Add(datagram);
        }

        return heard;
    }

    /// <inheritdoc/>
    public void Dispose() => _udp.Dispose();
}
