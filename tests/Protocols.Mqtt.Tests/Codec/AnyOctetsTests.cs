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

    /// <summary>100,000 for each of the vectors, so for each packet and version.</summary>
    [Fact]
    public void Damaged_packets_parse_or_are_refused()
    {
        var random = new Random(20261123);
        var refused = 0;
        var taken = 0;
        foreach (var (version, frame) in Corpus.Packets)
        {
            for (var i = 0; i < 100_000; i++)
            {
                var damaged = Corpus.Mutate(frame, random);
                var error = AnyPacket.Rewrite(damaged, i % 8 == 0 ? Corpus.AnyVersion(random) : version, out var written);
                if (error == ParseError.None)
                {
                    taken++;
                    Assert.True(written.Length <= damaged.Length, Hex.Of(damaged));
                }
                else
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > 100_000 && taken > 100_000, $"{refused} refused, {taken} taken: the mutations test too little");
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
