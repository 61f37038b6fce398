using System.Diagnostics;
using System.Text;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>An MQTT-SN node over DTLS by OpenSSL, octet by octet.</summary>
internal sealed class DtlsNode : IAsyncDisposable
{
    private readonly Process _openSsl;

    /// <summary>Begins a handshake.</summary>
    /// <param name="port">Port of the gateway on loopback.</param>
    /// <param name="credentials">What <c>openssl s_client</c> is given to prove who the node is.</param>
    public DtlsNode(int port, params IEnumerable<string> credentials)
    {
        string[] arguments = ["s_client", "-dtls1_2", "-quiet", "-no_ign_eof", "-connect", $"127.0.0.1:{port}", .. credentials];
        _openSsl = Process.Start(new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Begins a handshake with a pre-shared key.</summary>
    public static DtlsNode WithKey(int port, string identity, string key) =>
        new(port, "-psk_identity", identity, "-psk", key, "-cipher", "PSK-AES128-CCM8:@SECLEVEL=0");

    /// <summary>Connects with CleanSession and gives the ReturnCode.</summary>
    public async Task<int> ConnectAsync(string clientId) =>
        (await ExchangeAsync([(byte)(6 + clientId.Length), 0x04, 0x04, 0x01, 0, 60, .. Encoding.ASCII.GetBytes(clientId)]))[2];

    /// <summary>Publishes at QoS 1 and gives the ReturnCode.</summary>
    /// <param name="topic">Two letters.</param>
    /// <param name="payload">What is published.</param>
    public async Task<int> PublishAsync(string topic, string payload) => (await ExchangeAsync(Publish(0x22, topic, 1, payload)))[6];

    /// <summary>Publishes without a connection (QoS −1).</summary>
    public Task PublishUnconnectedAsync(string topic, string payload) => SendAsync(Publish(0x62, topic, 0, payload));

    /// <summary>Waits until the handshake has failed.</summary>
    /// <returns>What OpenSSL says of it.</returns>
    public async Task<string> FailureAsync()
    {
        var said = await _openSsl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).OrFailAsync("The end of openssl");
        await _openSsl.WaitForExitAsync(TestContext.Current.CancellationToken).OrFailAsync("The end of openssl");
        return said;
    }

    /// <summary>Waits until the gateway has said good-bye.</summary>
    public Task EndAsync() => _openSsl.WaitForExitAsync(TestContext.Current.CancellationToken).OrFailAsync("The end of openssl");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _openSsl.Kill();
        await _openSsl.WaitForExitAsync(TestContext.Current.CancellationToken);
        _openSsl.Dispose();
    }

    private static byte[] Publish(byte flags, string topic, byte msgId, string payload) =>
        [(byte)(7 + payload.Length), 0x0C, flags, (byte)topic[0], (byte)topic[1], 0, msgId, .. Encoding.ASCII.GetBytes(payload)];

    private async Task SendAsync(byte[] frame)
    {
        await _openSsl.StandardInput.BaseStream.WriteAsync(frame, TestContext.Current.CancellationToken);
        await _openSsl.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
    }

    private async Task<byte[]> ExchangeAsync(byte[] frame)
    {
        await SendAsync(frame);
        var output = _openSsl.StandardOutput.BaseStream;
        var answer = new byte[256];
        await output.ReadExactlyAsync(answer.AsMemory(0, 1), TestContext.Current.CancellationToken).AsTask().OrFailAsync("An answer");
        await output.ReadExactlyAsync(answer.AsMemory(1, answer[0] - 1), TestContext.Current.CancellationToken).AsTask().OrFailAsync("The rest of an answer");
        return answer[..answer[0]];
    }
}
