using Edge.Serial.Framing;
using Edge.Serial.XBee;

namespace Edge.Hardware.Tests.Framing;

/// <summary>One line of <c>tests/Vectors/serial/frames.hex</c>.</summary>
internal sealed record Vector(string Framing, string Name, byte[] OnLine, byte[][] Frames, int Skipped)
{
    public const int Largest = 40;

    public static IReadOnlyList<Vector> All { get; } = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "frames.hex"))
        .Where(line => line.Length > 0 && !line.StartsWith('#'))
        .Select(Parse)];

    public static IReadOnlyList<string> Framings { get; } = ["bare", "slip", "cobs", "xbee1", "xbee2", "lines"];

    public static IFramer NewFramer(string framing, int largest = Largest) => framing switch
    {
        "bare" => new BareFramer(largest),
        "slip" => new SlipFramer(largest),
        "cobs" => new CobsFramer(largest),
        "xbee1" => new XBeeFramer(XBeeApiMode.Plain, largest),
        "xbee2" => new XBeeFramer(XBeeApiMode.Escaped, largest),
        "lines" => new LineFramer(largest),
        _ => throw new ArgumentException($"There is no framing {framing}.", nameof(framing)),
    };

    public static List<string> ReadAll(IFramer framer)
    {
        var frames = new List<string>();
        while (framer.TryRead(out var frame))
        {
            frames.Add(Hex.Of(frame));
        }

        return frames;
    }

    private static Vector Parse(string line)
    {
        var fields = line.Split(';', StringSplitOptions.TrimEntries);
        return new Vector(
            fields[0],
            fields[1],
            Hex.Parse(fields[2]),
            [.. fields[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Hex.Parse)],
            int.Parse(fields[4], System.Globalization.CultureInfo.InvariantCulture));
    }
}
