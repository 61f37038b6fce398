using CsCheck;
using Edge.Gateway.Configuration;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>A configuration may hold anything; reading it never throws and never gives settings that were not validated.</summary>
public sealed class AnyTextTests : IDisposable
{
    private static readonly string[] Pieces =
    [
        "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\n", " ", "\"", "'", "\"\"\"", "#", "\\u0000", "\0", "é", "1", "-1", "0x", "9999999999999999999999", "1e400", "nan",
        "true", "false", "\"loopback\"", "1979-05-27", "bridge", "serial", "forward", "filter", "name", "queue", "mqtt", "max_inflight", "listeners", "bind",
        "predefined_topics", "mqttsn", "gateway", "\"127.0.0.1:1883\"", "\"mqtt://h\"", "address", "\"${gateway}\"", "key", "\"10s\"", "\"1MiB\"",
    ];

    private static readonly Gen<string> Piece = Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]);

    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Fact]
    public void Any_text_is_settings_or_faults() =>
        Piece.Array[0, 30].Sample(pieces => IsEitherSettingsOrFaults(_loading.Sources(string.Concat(pieces))), iter: 2_000, threads: 1);

    [Fact]
    public void Any_override_is_settings_or_faults() =>
        Gen.Select(Piece.Array[0, 8], Piece.Array[0, 8]).Sample(
            (left, right) => IsEitherSettingsOrFaults(_loading.Sources(null, $"{string.Concat(left)}={string.Concat(right)}", $"{string.Join('.', left)}={string.Join(' ', right)}")),
            iter: 2_000, threads: 1);

    private static bool IsEitherSettingsOrFaults(ConfigurationSources sources)
    {
        var result = ConfigurationLoader.Load(sources);
        return result.Settings is null == result.Faults.Count > 0;
    }
}
