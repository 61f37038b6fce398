using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>Reads a value; false when the node holds none of this type.</summary>
internal delegate bool TryReadSetting<T>(SettingNode node, [MaybeNullWhen(false)] out T value);

/// <summary>A kind of value: what is right, in words that follow “it must be”, and how it is read.</summary>
internal sealed record SettingType<T>(string Expected, TryReadSetting<T> TryRead);

/// <summary>Reads a rate; false when the text is none.</summary>
internal delegate bool TryParseRate(string text, out Rate rate);

/// <summary>The kinds of value a configuration knows.</summary>
internal static class SettingType
{
    /// <summary>True or false.</summary>
    public static SettingType<bool> Toggle { get; } = new("true or false", (SettingNode node, out bool value) =>
    {
        value = node is SettingScalar { Value: true };
        return node is SettingScalar { Value: bool };
    });

    /// <summary>Address and port of a listener.</summary>
    public static SettingType<IPEndPoint> EndPoint { get; } = new(
        "an IP address and port such as `\"127.0.0.1:1883\"`, `\"[::1]:1883\"` or `\"0.0.0.0:1883\"`",
        (SettingNode node, [MaybeNullWhen(false)] out IPEndPoint value) =>
        {
            value = null;
            return TryGetText(node, out var text)
                && IPEndPoint.TryParse(text, out value)
                && HasWholeAddressAndPort(text, value.AddressFamily);
        });

    /// <summary>A file that is there and may be read; as an absolute path.</summary>
    public static SettingType<string> ReadableFile { get; } = new("the path of a file that exists and can be read", TryReadFile);

    /// <summary>A folder, which need not exist; as an absolute path.</summary>
    public static SettingType<string> Folder { get; } = new("the path of a folder", (SettingNode node, [MaybeNullWhen(false)] out string value) =>
        TryGetPath(node, out value));

    /// <summary>A whole number in a range.</summary>
    public static SettingType<int> WholeNumber(int minimum, int maximum) => new(
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}"),
        (SettingNode node, out int value) =>
        {
            var number = node is SettingScalar { Value: long whole } ? whole : long.MinValue;
            var right = number >= minimum && number <= maximum;
            value = right ? (int)number : 0;
            return right;
        });

    /// <summary>A duration in a range, in whole steps where the wire carries no finer ones.</summary>
    public static SettingType<TimeSpan> Duration(string minimum, string maximum, string step = "1ms")
    {
        var (least, most, unit) = (ParseDuration(minimum), ParseDuration(maximum), ParseDuration(step));
        var whole = step is "1ms" ? "" : " in whole seconds";
        return new SettingType<TimeSpan>($"a duration from `\"{minimum}\"` to `\"{maximum}\"`{whole}", (SettingNode node, out TimeSpan value) =>
        {
            // Zero is the same in every unit, so it may go without one and without quotes.
            value = default;
            var read = node is SettingScalar { Value: 0L } || (node is SettingScalar { Value: string text } && DurationText.TryParse(text, out value));
            return read && value >= least && value <= most && value.Ticks % unit.Ticks == 0;
        });
    }

    /// <summary>A size in a range.</summary>
    public static SettingType<long> Size(string minimum, string maximum)
    {
        var (least, most) = (ParseSize(minimum), ParseSize(maximum));
        return new SettingType<long>($"a size from `\"{minimum}\"` to `\"{maximum}\"`, or a whole number of octets", (SettingNode node, out long value) =>
        {
            value = 0;
            var read = node switch
            {
                SettingScalar { Value: long octets } => (value = octets) >= 0,
                SettingScalar { Value: string text } => SizeText.TryParse(text, out value),
                _ => false,
            };
            return read && value >= least && value <= most;
        });
    }

    /// <summary>A rate of messages or connections, or 0 for none.</summary>
    public static SettingType<Rate> CountRate { get; } = Rate("`\"500/s\"`, `\"1000/10s\"` or `\"30/m\"`", RateText.TryParseCount);

    /// <summary>A rate of octets, or 0 for none.</summary>
    public static SettingType<Rate> SizeRate { get; } = Rate("`\"64KiB/s\"` or `\"1MiB/10s\"`", RateText.TryParseSize);

    /// <summary>One of a few words.</summary>
    public static SettingType<T> OneOf<T>(params (object Word, T Meaning)[] words)
        where T : struct
    {
        var shown = words.Select(word => word.Word is string text ? $"`\"{text}\"`" : $"`{word.Word.ToString()?.ToLowerInvariant()}`").ToArray();
        return new SettingType<T>($"{string.Join(", ", shown[..^1])} or {shown[^1]}", (SettingNode node, out T value) =>
        {
            var index = node is SettingScalar scalar ? Array.FindIndex(words, word => word.Word.Equals(scalar.Value)) : -1;
            value = index >= 0 ? words[index].Meaning : default;
            return index >= 0;
        });
    }

    /// <summary>A text that passes a test.</summary>
    public static SettingType<string> Text(string expected, Predicate<string> isRight) => new(
        expected,
        (SettingNode node, [MaybeNullWhen(false)] out string value) => TryGetText(node, out value) && isRight(value));

    private static SettingType<Rate> Rate(string examples, TryParseRate tryParse) => new(
        $"a rate such as {examples}, in a second or longer, or `0`",
        (SettingNode node, out Rate value) =>
        {
            value = default;
            return node is SettingScalar { Value: 0L } || (TryGetText(node, out var text) && tryParse(text, out value));
        });

    /// <summary>Gets a text. Outside the file it needs no quotes, so that a name that looks like a number is a name.</summary>
    public static bool TryGetText(SettingNode node, [MaybeNullWhen(false)] out string text)
    {
        text = node switch
        {
            SettingScalar { Value: string value } => value,
            SettingScalar { Origin.IsOverride: true } scalar => scalar.Written,
            _ => null,
        };
        return text is not null && !text.Contains('\0');
    }

    private static bool TryReadFile(SettingNode node, [MaybeNullWhen(false)] out string path)
    {
        if (!TryGetPath(node, out path))
        {
            return false;
        }

        try
        {
            using var file = File.OpenRead(path);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryGetPath(SettingNode node, [MaybeNullWhen(false)] out string path)
    {
        path = TryGetText(node, out var text) && text.Length > 0 ? Path.GetFullPath(text, node.Origin.Folder) : null;
        return path is not null;
    }

    /// <summary>The framework also takes <c>"1883"</c>, <c>"127.1:1883"</c> and addresses without a port, which are more likely slips.</summary>
    private static bool HasWholeAddressAndPort(string text, AddressFamily family) => family == AddressFamily.InterNetworkV6
        ? text.Contains("]:", StringComparison.Ordinal)
        : text.Count(letter => letter == '.') == 3 && text.Contains(':', StringComparison.Ordinal);

    private static TimeSpan ParseDuration(string text) =>
        DurationText.TryParse(text, out var duration) ? duration : throw new ArgumentException($"'{text}' is no duration.", nameof(text));

    private static long ParseSize(string text) =>
        SizeText.TryParse(text, out var octets) ? octets : throw new ArgumentException($"'{text}' is no size.", nameof(text));
}
