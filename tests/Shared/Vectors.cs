namespace Edge.Protocols.MqttSn.Tests.Codec;

/// <summary>One line of <c>tests/Vectors/mqttsn/messages.hex</c>.</summary>
public sealed record Vector(string Name, string Octets, string Expected)
{
    public override string ToString() => Name;
}

internal static class Vectors
{
    public static IReadOnlyList<Vector> All { get; } = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "messages.hex"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(';', StringSplitOptions.TrimEntries))
        .Select(fields => new Vector(fields[0], fields[2], fields[3]))];

    public static byte[][] Octets { get; } = [.. All.Select(vector => Hex.Parse(vector.Octets))];
}
