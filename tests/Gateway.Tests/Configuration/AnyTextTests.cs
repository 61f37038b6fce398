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

    public static TheoryData<string> WhatTheLibraryThrowsAt => [$"a = {new string('[', 65)}{new string(']', 65)}", "a = \"\\"];

    [Theory, MemberData(nameof(WhatTheLibraryThrowsAt))]
    public void What_the_library_throws_at_is_a_fault(string text)
    {
        _loading.File("users.toml", text);

        Assert.Equal("gateway.toml: is no TOML: its values nest too deep, or it ends within an escape", Assert.Single(_loading.Faults(text)));
        Assert.Equal("users.toml: is no TOML: its values nest too deep, or it ends within an escape", Assert.Single(_loading.Faults("auth.users_file = 'users.toml'")));
        Assert.True(IsEitherSettingsOrFaults(_loading.Sources(null, $"gateway.name={text[4..]}")));
    }

    private static bool IsEitherSettingsOrFaults(ConfigurationSources sources)
    {
        var result = ConfigurationLoader.Load(sources);
        return result.Settings is null == result.Faults.Count > 0;
    }
}
