using System.Diagnostics;
using System.Globalization;

namespace Edge.Testing;

/// <summary>
/// Gives a parser good octets made bad, for as long as <c>EDGE_FUZZ</c> says (<c>10m</c>, <c>30s</c>), else for a moment. What it
/// throws fails the test with the octets and with the <c>EDGE_FUZZ_SEED</c> that begins with them.
/// </summary>
internal static class Fuzzing
{
    private const string LengthVariable = "EDGE_FUZZ";
    private const string SeedVariable = "EDGE_FUZZ_SEED";
    private const int LengthShown = 4_096;

    private static readonly byte[] Borders = [0x00, 0x01, 0x02, 0x7E, 0x7F, 0x80, 0x81, 0xFE, 0xFF, (byte)'/', (byte)'+', (byte)'#', (byte)'$'];

    /// <summary>How long a run takes.</summary>
    public static TimeSpan Length { get; } = Environment.GetEnvironmentVariable(LengthVariable) is { Length: > 1 } text
        ? int.Parse(text[..^1], CultureInfo.InvariantCulture) * (text[^1] == 'm' ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1))
        : TimeSpan.FromSeconds(0.5);

    /// <summary>Calls a parser with octets made from the good ones, and with chance for whatever else it needs by chance.</summary>
    /// <param name="good">What the octets are made from.</param>
    /// <param name="parse">Throws where something is wrong.</param>
    /// <param name="largest">Most octets that are given.</param>
    public static void Run(IReadOnlyList<byte[]> good, Action<byte[], Random> parse, int largest = 128 * 1024) =>
        RunAsync(
            good,
            (octets, random) =>
            {
                parse(octets, random);
                return Task.CompletedTask;
            },
            largest).GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public static async Task RunAsync(IReadOnlyList<byte[]> good, Func<byte[], Random, Task> parse, int largest = 128 * 1024)
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        var (clock, count, slowest) = (Stopwatch.StartNew(), 0, TimeSpan.Zero);
        for (; count == 0 || clock.Elapsed < Length; count++)
        {
            var seed = unchecked(first + count);
            var random = new Random(seed);
            var octets = Mutate(good, random, largest);
            var before = clock.Elapsed;
            try
            {
                await parse(octets, random);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException(
                    $"{SeedVariable}={seed} makes it fail with {octets.Length} octets: {Convert.ToHexString(octets.AsSpan(0, Math.Min(octets.Length, LengthShown)))}", fault);
            }

            var took = clock.Elapsed - before;
            slowest = took > slowest ? took : slowest;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{count} inputs in {clock.Elapsed.TotalSeconds:F0} s, the slowest took {slowest.TotalMilliseconds:F1} ms.");
    }

    /// <summary>Changes, cuts, doubles, lengthens and joins octets; one in ten stays as it is.</summary>
    public static byte[] Mutate(IReadOnlyList<byte[]> good, Random random, int largest)
    {
        var octets = new List<byte>(good[random.Next(good.Count)]);
        for (var changes = random.Next(10) == 0 ? 0 : random.Next(1, 6); changes > 0 && octets.Count > 0; changes--)
        {
            var at = random.Next(octets.Count);
            switch (random.Next(10))
            {
                case 0:
                    octets[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    octets[at] = (byte)random.Next(256);
                    break;
                case 2:
                    octets[at] = Borders[random.Next(Borders.Length)];
                    break;
                case 3:
                    octets.Insert(at, Borders[random.Next(Borders.Length)]);
                    break;
                case 4:
                    octets.RemoveAt(at);
                    break;
                case 5:
                    octets.RemoveRange(at, random.Next(octets.Count - at));
                    break;
                case 6:
                    octets.InsertRange(at, octets.GetRange(at, random.Next(Math.Min(octets.Count - at, 1_024))));
                    break;
                case 7 when at + 1 < octets.Count:
                    (octets[at], octets[at + 1]) = (Borders[random.Next(Borders.Length)], Borders[random.Next(Borders.Length)]); // A length, say.
                    break;
                case 8 when random.Next(20) == 0:
                    var piece = octets.GetRange(at, Math.Min(octets.Count - at, random.Next(1, 16)));
                    for (var left = random.Next(largest) / piece.Count; left > 0 && octets.Count < largest; left--)
                    {
                        octets.AddRange(piece);
                    }

                    break;
                default:
                    var other = good[random.Next(good.Count)];
                    octets.InsertRange(at, other[random.Next(other.Length)..]);
                    break;
            }
        }

        return octets.Count <= largest ? [.. octets] : [.. octets[..largest]];
    }

    /// <summary>Cuts octets into pieces at random borders, or into single octets.</summary>
    public static int[] Cuts(int length, Random random)
    {
        var most = random.Next(4) == 0 ? 1 : Math.Max(1, length / random.Next(1, 10));
        var cuts = new List<int>();
        for (var left = length; left > 0 && cuts.Count < 1_000; left -= cuts[^1])
        {
            cuts.Add(random.Next(1, Math.Min(left, most) + 1));
        }

        return [.. cuts];
    }
}
