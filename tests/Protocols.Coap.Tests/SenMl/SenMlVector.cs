using Edge.Protocols.Coap.SenMl;

namespace Edge.Protocols.Coap.Tests.SenMl;

/// <summary>A pack of <c>tests/Vectors/coap/senml.txt</c>, and what comes of it.</summary>
internal sealed record SenMlVector(string Name, SenMlEncoding Encoding, byte[] Pack, IReadOnlyList<string> Records, string Refusal)
{
    public static DateTimeOffset Now { get; } = new(2026, 1, 2, 3, 4, 5, 250, TimeSpan.Zero);

    public static IReadOnlyList<SenMlVector> All { get; } = [.. Read()];

    private static IEnumerable<SenMlVector> Read()
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "senml.txt")).Where(line => line.Length > 0 && line[0] != '#').ToList();
        for (var i = 0; i < lines.Count;)
        {
            var name = lines[i++];
            var rest = lines.Skip(i).TakeWhile(line => line[0] != '=').ToList();
            i += rest.Count;
            var isJson = rest[0].StartsWith("json", StringComparison.Ordinal);
            var pack = string.Join('\n', rest.Where(line => line[0] is 'j' or 'c').Select(line => line[4..].TrimStart()));
            yield return new SenMlVector(
                name[2..],
                isJson ? SenMlJson.Instance : SenMlCbor.Instance,
                isJson ? System.Text.Encoding.UTF8.GetBytes(pack) : Hex.Parse(pack.Replace('\n', ' ')),
                [.. rest.Where(line => line[0] == '>').Select(line => line[2..])],
                rest.FirstOrDefault(line => line[0] == '!')?[2..] ?? "");
        }
    }
}
