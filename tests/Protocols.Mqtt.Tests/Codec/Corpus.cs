using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

/// <summary>Good packets, and what becomes of them on a bad line. The same in every run.</summary>
internal static class Corpus
{
    private const int LargestMade = 300;

    private static readonly MqttVersion[] Versions = [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    public static (MqttVersion Version, byte[] Frame)[] Packets { get; } =
    [
        .. VectorTests.Vectors.Select(row => (row.Data.Item2, Hex.Packet(row.Data.Item3))),
        .. VectorTests.Recorded.Select(row => (row.Data.Item2, Hex.Parse(row.Data.Item3))),
    ];

    /// <summary>Changed octets; most of the time Remaining Length is made to fit again.</summary>
    public static byte[] Mutate(byte[] frame, Random random)
    {
        var octets = Fuzzing.Mutate([frame], random, Math.Max(LargestMade, frame.Length));
        return random.Next(4) == 0 || octets.Length is < 2 or > 128 ? octets : [octets[0], (byte)(octets.Length - 2), .. octets[2..]];
    }

    public static MqttVersion AnyVersion(Random random) => Versions[random.Next(Versions.Length)];
}
