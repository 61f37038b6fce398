using System.Text;
using System.Text.Json;
using CsCheck;
using Edge.Protocols.Coap.SenMl;

namespace Edge.Protocols.Coap.Tests.SenMl;

/// <summary>Packs are taken apart into records that stand by themselves (RFC 8428 §4.6).</summary>
public sealed class PackTests
{
    private const int MaxRecords = 100;

    private static readonly Gen<string> Name = Gen.String["abcXYZ019-:./_"].Where(text => text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]));

    /// <summary>Numbers that a sensor may send, as it would write them.</summary>
    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Int[-1_000_000, 1_000_000].Select(number => $"{number}"),
        Gen.Decimal[-1_000_000, 1_000_000].Select(number => FormattableString.Invariant($"{number:0.#####}")),
        Gen.Select(Gen.Int[-99, 99], Gen.Int[-300, 300], (digits, exponent) => $"{digits}e{exponent}"));

    private static readonly Gen<string> Value = Gen.OneOf(
        Number.Select(number => $"\"v\":{number}"), Gen.Bool.Select(value => value ? "\"vb\":true" : "\"vb\":false"), Name.Select(text => $"\"vs\":\"{text}\""),
        Gen.Byte.Array[0, 20].Select(octets => $"\"vd\":\"{System.Buffers.Text.Base64Url.EncodeToString(octets)}\""));

    private static readonly Gen<string> Record = Gen.Select(
        Name, Value, Gen.Select(Optional("bt", Gen.Int[0, 2_000_000_000].Select(time => $"{time}")), Optional("t", Gen.Int[-1_000, 1_000].Select(time => $"{time}"))),
        Gen.Select(Optional("bv", Number), Optional("s", Number), Optional("bs", Number), Optional("bu", Name.Select(unit => $"\"{unit}\""))),
        (name, value, times, bases) => $"{{\"n\":\"{name}\",{value}{times.Item1}{times.Item2}{bases.Item1}{bases.Item2}{bases.Item3}{bases.Item4}}}");

    public static TheoryData<string> Names => [.. SenMlVector.All.Select(vector => vector.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_pack_becomes_the_records_that_it_stands_for_or_is_refused_in_words(string name)
    {
        var vector = SenMlVector.All.Single(vector => vector.Name == name);

        var isSplit = Split(vector.Encoding, vector.Pack, out var records, out var why);

        Assert.Equal((vector.Refusal, vector.Refusal.Length == 0), (why, isSplit));
        Assert.Equal(vector.Records.Count, records.Count);
        Assert.All(records, (record, index) =>
        {
            if (vector.Encoding == SenMlCbor.Instance)
            {
                Assert.Equal(vector.Records[index], Diagnostic.Of(record.Pack));
                Assert.Contains($"0: \"{record.Name}\"", vector.Records[index], StringComparison.Ordinal);
            }
            else
            {
                var (expected, found) = (JsonElement.Parse(vector.Records[index]), JsonElement.Parse(record.Pack.Span));
                Assert.True(JsonElement.DeepEquals(expected, found), $"{vector.Records[index]}\n{found}");
                Assert.Equal(record.Name, found[0].GetProperty("n").GetString());
            }
        });
    }

    [Fact]
    public void Numbers_to_which_nothing_is_added_stay_as_they_came_and_sums_have_no_digit_too_many()
    {
        Assert.Equal(
            ["""[{"n":"a","t":1.600000000e+09,"v":23.10,"s":1e1,"ut":6.0e1}]""", """[{"n":"b","t":1600000000.1,"v":1000000000000000000000}]"""],
            Texts("""[{"n":"a","t":1.600000000e+09,"v":23.10,"s":1E1,"ut":6.0e1},{"n":"b","bt":1600000000,"t":0.10,"v":1000000000000000000000}]""")
                .Select(text => text.Replace("\"s\":10", "\"s\":1e1", StringComparison.Ordinal)));
        Assert.Equal(["""[{"n":"a","t":1767323045.25,"v":0.3}]"""], Texts("""[{"n":"a","bv":0.1,"v":0.2}]"""));
    }

    [Fact]
    public void The_records_are_so_many_and_no_more()
    {
        var records = string.Join(',', Enumerable.Repeat("""{"n":"a","v":1}""", MaxRecords));
        Assert.Equal(MaxRecords, Texts($"[{records}]").Length);

        Assert.False(Split(SenMlJson.Instance, Encoding.UTF8.GetBytes($"[{records},{{}}]"), out _, out var why));
        Assert.Equal("more than 100 records", why);

        byte[] cbor = [0x98, MaxRecords + 1, .. Enumerable.Repeat(Hex.Parse("A2 00 61 'a' 02 01"), MaxRecords + 1).SelectMany(record => record)];
        Assert.False(Split(SenMlCbor.Instance, cbor, out _, out why));
        Assert.Equal("more than 100 records", why);
    }

    [Theory]
    [InlineData("""[{"bn":"long","n":"long","v":1}]""", "record 1: a name is longer than 512 octets"), InlineData("""[{"bu":"long","n":"a","v":1}]""", "record 1: bu is longer than 512 octets")]
    [InlineData("""[{"bt":1.long,"n":"a","v":1}]""", "record 1: bt is longer than 512 octets")]
    public void What_each_record_has_a_copy_of_is_short(string pack, string refusal)
    {
        Assert.False(Split(SenMlJson.Instance, Encoding.UTF8.GetBytes(pack.Replace("long", new string('0', pack.Contains("bn", StringComparison.Ordinal) ? 257 : 511), StringComparison.Ordinal)), out _, out var why));
        Assert.Equal(refusal, why);
    }

    [Fact]
    public void A_pack_that_is_not_UTF_8_is_refused()
    {
        Assert.False(Split(SenMlJson.Instance, Hex.Parse("""'[{' 226E223A226122 ',' 227673223A22 FF 22 '}]'"""), out _, out var why));
        Assert.Equal("not UTF-8", why);
    }

    [Fact]
    public void What_is_resolved_is_resolved() => Record.Array[1, 8].Sample(records =>
    {
        if (!Split(SenMlJson.Instance, Encoding.UTF8.GetBytes($"[{string.Join(',', records)}]"), out var resolved, out var why))
        {
            Assert.Contains("too large", why, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(records.Length, resolved.Count);
        Assert.All(resolved, record =>
        {
            Assert.True(Split(SenMlJson.Instance, record.Pack, out var again, out var why), why);
            Assert.Equal(Encoding.UTF8.GetString(record.Pack.Span), Encoding.UTF8.GetString(Assert.Single(again).Pack.Span));
        });
    });

    [Fact]
    public void Either_encoding_resolves_to_the_same() => Record.Array[1, 8].Sample(records =>
    {
        var json = $"[{string.Join(',', records)}]";
        var isSplit = Split(SenMlJson.Instance, Encoding.UTF8.GetBytes(json), out var fromJson, out _);

        Assert.Equal(isSplit, Split(SenMlCbor.Instance, Transcoded.ToCbor(json), out var fromCbor, out _));
        Assert.All(fromJson.Zip(fromCbor), pair =>
        {
            var (expected, found) = (JsonElement.Parse(pair.First.Pack.Span)[0], Transcoded.ToJson(pair.Second.Pack)[0]);
            Assert.True(JsonElement.DeepEquals(expected, found), $"{json}\n{expected}\n{found}");
        });
    });

    [Theory]
    [InlineData("json"), InlineData("cbor")]
    public void A_record_costs_little_more_than_what_it_holds(string encoding)
    {
        var json = $"""[{string.Join(',', Enumerable.Range(0, MaxRecords).Select(index => $$"""{"bn":"urn:dev:ow:10e2073a0108006:","n":"current","t":{{index}},"u":"A","v":1.{{index}}}"""))}]""";
        var pack = encoding == "json" ? Encoding.UTF8.GetBytes(json) : Transcoded.ToCbor(json);
        SenMlEncoding of = encoding == "json" ? SenMlJson.Instance : SenMlCbor.Instance;

        var octets = Allocations.PerCall(() => Assert.True(Split(of, pack, out _, out _)), calls: 5) / MaxRecords;

        Assert.InRange(octets, 100, 5_000);
    }

    private static Gen<string> Optional(string label, Gen<string> value) => Gen.OneOf(Gen.Const(""), value.Select(text => $",\"{label}\":{text}"));

    private static bool Split(SenMlEncoding encoding, ReadOnlyMemory<byte> pack, out IReadOnlyList<ResolvedRecord> records, out string why) =>
        SenMlPack.TrySplit(encoding, pack, MaxRecords, SenMlVector.Now, out records, out why);

    private static string[] Texts(string pack)
    {
        Assert.True(Split(SenMlJson.Instance, Encoding.UTF8.GetBytes(pack), out var records, out var why), why);
        return [.. records.Select(record => Encoding.UTF8.GetString(record.Pack.Span))];
    }
}
