using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

/// <summary>Good packets, and what becomes of them on a bad line. The same in every run.</summary>
internal static class Corpus
{
    private static readonly MqttVersion[] Versions = [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    public static (MqttVersion Version, byte[] Frame)[] Packets { get; } =
    [
        .. VectorTests.Vectors.Select(row => (row.Data.Item2, Hex.Packet(row.Data.Item3))),
        .. VectorTests.Recorded.Select(row => (row.Data.Item2, Hex.Parse(row.Data.Item3))),
    ];

    /// <summary>Changes, inserts, cuts and doubles octets; most of the time Remaining Length is made to fit again.</summary>
    public static byte[] Mutate(byte[] frame, Random random)
    {
        var octets = new List<byte>(frame);
        for (var changes = random.Next(1, 5); changes > 0 && octets.Count > 0; changes--)
        {
            var at = random.Next(octets.Count);
            switch (random.Next(6))
            {
                case 0:
                    octets[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    octets[at] = (byte)random.Next(256);
                    break;
                case 2:
                    octets.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    octets.RemoveAt(at);
                    break;
                case 4:
                    octets.RemoveRange(at, random.Next(octets.Count - at));
                    break;
                default:
                    octets.InsertRange(at, octets.GetRange(at, random.Next(octets.Count - at)));
                    break;
            }
        }

        return random.Next(4) == 0 || octets.Count is < 2 or > 128 ? [.. octets] : [octets[0], (byte)(octets.Count - 2), .. octets[2..]];
    }

    public static MqttVersion AnyVersion(Random random) => Versions[random.Next(Versions.Length)];
}
