namespace Edge.Testing;

/// <summary>The messages of the protocol under test, which its project has as <c>Vectors/messages.hex</c>.</summary>
internal static class Vectors
{
    public static IReadOnlyList<Line> All { get; } = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "messages.hex"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(';', StringSplitOptions.TrimEntries))
        .Select(fields => new Line(fields[0], fields[2], fields[3]))];

    public static byte[][] Octets { get; } = [.. All.Select(vector => Hex.Parse(vector.Octets))];

    /// <summary>One message: name ; section ; octets ; what comes of it.</summary>
    internal sealed record Line(string Name, string Octets, string Expected);
}
