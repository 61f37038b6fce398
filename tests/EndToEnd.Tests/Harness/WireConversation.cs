using System.Net;
using System.Net.Sockets;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A TCP connection on which a test says, and expects, octets written in hex.</summary>
internal sealed class WireConversation : IAsyncDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };

    private WireConversation()
    {
    }

    /// <summary>Connects to a port on loopback.</summary>
    public static async Task<WireConversation> ConnectAsync(int port)
    {
        var wire = new WireConversation();
        await wire._tcp.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        return wire;
    }

    /// <summary>Sends octets.</summary>
    public Task SendAsync(string hex) => SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    /// <inheritdoc cref="SendAsync(string)"/>
    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await _tcp.GetStream().WriteAsync(octets, TestContext.Current.CancellationToken);

    /// <summary>Sends octets to somebody who may close at any of them.</summary>
    public async Task TrySendAsync(ReadOnlyMemory<byte> octets)
    {
        try
        {
            await SendAsync(octets);
        }
        catch (IOException)
        {
            // The other side has had enough, as it may.
        }
    }

    /// <summary>Waits for octets; any others fail the test.</summary>
    public async Task ExpectAsync(string hex)
    {
        var expected = hex.Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal(expected, Convert.ToHexString(await ReadAsync(expected.Length / 2).OrFailAsync($"The answer {hex}")));
    }

    /// <summary>Waits for so many octets.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var octets = new byte[count];
        await _tcp.GetStream().ReadExactlyAsync(octets).AsTask().OrFailAsync($"{count} octets");
        return octets;
    }

    /// <summary>Waits until the other side closes the connection.</summary>
    /// <returns>What it said before.</returns>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var said = new MemoryStream();
        try
        {
            await _tcp.GetStream().CopyToAsync(said).OrFailAsync("The end of the connection");
        }
        catch (IOException)
        {
            // Reset: an end, too.
        }

        return said.ToArray();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        return ValueTask.CompletedTask;
    }
}
