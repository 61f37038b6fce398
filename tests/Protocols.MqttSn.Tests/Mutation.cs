using CsCheck;

namespace Edge.Protocols.MqttSn.Tests;

/// <summary>Good octets made bad: changed, cut, lengthened, run together.</summary>
internal static class Mutation
{
    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    public static Gen<byte[]> Of(byte[][] seeds)
    {
        var seed = OneOf(seeds);
        var change = Gen.Select(Gen.Int[0, 15], Gen.Byte).Array[0, 3];
        return Gen.Select(seed, change, Gen.Int[0, 9], seed, (octets, changes, kind, other) =>
        {
            var mutated = kind switch
            {
                0 => octets[..(octets.Length / 2)],
                1 => [.. octets, .. other],
                2 => octets.Length > 2 ? [(byte)(octets.Length - 1), .. octets[1..^1]] : octets,
                3 => [(byte)Math.Min(octets.Length + other.Length, 255), .. octets.Skip(1), .. other],
                _ => (byte[])octets.Clone(),
            };
            foreach (var (at, value) in changes)
            {
                if (at < mutated.Length)
                {
                    mutated[at] = value;
                }
            }

            return mutated;
        });
    }
}
