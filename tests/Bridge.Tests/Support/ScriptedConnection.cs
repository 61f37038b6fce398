using Edge.Protocols.Mqtt.Codec;

namespace Edge.Bridge.Tests.Support;

/// <summary>The upstream's end of one connection; packets are written as hex, see <see cref="Hex"/>.</summary>
internal sealed class ScriptedConnection(Stream stream) : IDisposable
{
    /// <summary>CONNACK of MQTT 5.0 that grants what the standard has.</summary>
    public const string AcceptV5 = "20 00 00 00";

    /// <summary>The same with a session that goes on.</summary>
    public const string ResumeV5 = "20 01 00 00";

    private readonly byte[] _octets = new byte[4 * 1024 * 1024];
    private int _count;

    public async Task SendAsync(string packet) => await stream.WriteAsync(Hex.Packet(packet), TestContext.Current.CancellationToken).AsTask().Patiently();

    /// <summary>The next packet, whole, as hex.</summary>
    public async Task<string> ReadAsync() => Convert.ToHexString(await ReadOctetsAsync() ?? throw new IOException("The bridge closed the connection."));

    /// <summary>Waits for just this packet.</summary>
    public async Task ExpectAsync(string packet) => Assert.Equal(Convert.ToHexString(Hex.Packet(packet)), await ReadAsync());

    /// <summary>Waits until the bridge has closed the connection; what it sends before is passed over.</summary>
    public async Task EndAsync()
    {
        while (await ReadOctetsAsync() is not null)
        {
        }
    }

    /// <summary>Closes without a word.</summary>
    public void Dispose() => stream.Dispose();

    public async Task<byte[]?> ReadOctetsAsync()
    {
        int size;
        while (!MqttFramer.TryMeasure(_octets.AsSpan(0, _count), int.MaxValue, out size, out _) || size > _count)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(_octets.AsMemory(_count), TestContext.Current.CancellationToken).Patiently();
            }
            catch (IOException)
            {
                return null;
            }

            if (read == 0)
            {
                return null;
            }

            _count += read;
        }

        var packet = _octets[..size];
        _octets.AsSpan(size, _count - size).CopyTo(_octets);
        _count -= size;
        return packet;
    }
}
