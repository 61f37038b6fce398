using CsCheck;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

/// <summary>Whatever the octets, nothing throws; what parses is written so that it parses to the same again.</summary>
public sealed class AnyOctetsTests
{
    private static readonly Gen<MqttVersion> Version = Gen.Int[3, 5].Select(level => (MqttVersion)level);

    [Fact]
    public void Any_octets_parse_or_are_refused() =>
        Gen.Select(Version, Gen.Byte[1, 15], Gen.Byte[0, 15], Gen.Byte.Array[0, 100]).Sample(
            (version, type, flags, rest) => IsStable([(byte)((type << 4) | flags), (byte)rest.Length, .. rest], version),
            iter: 100_000);

    public static TheoryData<PacketType> Types => [.. Enum.GetValues<PacketType>().Where(type => type != PacketType.Reserved)];

    [Theory, MemberData(nameof(Types))]
    public void Damaged_packets_parse_or_are_refused(PacketType type)
    {
        var random = new Random(20261123);
        var good = Corpus.Packets.Where(packet => packet.Frame[0] >> 4 == (int)type).ToArray();
        var taken = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var (version, frame) = good[random.Next(good.Length)];
            var damaged = Corpus.Mutate(frame, random);
            if (AnyPacket.Rewrite(damaged, i % 8 == 0 ? Corpus.AnyVersion(random) : version, out var written) == ParseError.None)
            {
                taken++;
                Assert.True(written.Length <= damaged.Length, Hex.Of(damaged));
            }
        }

        Assert.InRange(taken, 100, 99_900);
    }

    [Fact]
    public void Damaged_packets_that_parse_are_written_back_the_same()
    {
        var random = new Random(42);
        foreach (var (version, frame) in Corpus.Packets)
        {
            for (var i = 0; i < 2_000; i++)
            {
                var damaged = Corpus.Mutate(frame, random);
                Assert.True(IsStable(damaged, version), $"{version} {Hex.Of(damaged)}");
            }
        }
    }

    // A long form may come back as the short one (a Reason Code of Success left out, Remaining Length, flags of MQTT 3.1), so the
    // first rewriting may shorten; after it nothing changes any more.
    private static bool IsStable(byte[] frame, MqttVersion version)
    {
        var error = AnyPacket.Rewrite(frame, version, out var written);
        return error != ParseError.None
            || (AnyPacket.Rewrite(written, version, out var again) == ParseError.None
                && written.AsSpan().SequenceEqual(again)
                && (written.AsSpan().SequenceEqual(frame) || written.Length < frame.Length || version == MqttVersion.Mqtt31));
    }
}
