using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Logging;

/// <summary>How a log entry becomes one line of text, for people and for the journal.</summary>
/// <remarks>
/// <code>
/// 2026-01-02T03:04:05.678Z info  mqtt    Client sensor-7 connected {event=3101 ClientId=sensor-7}
/// &lt;6&gt;mqtt    Client sensor-7 connected {event=3101 ClientId=sensor-7}
/// </code>
/// Nothing in a value can end or forge a line: control characters are escaped. The stack of an exception follows, each line indented.
/// </remarks>
/// <param name="isJournal">Priorities for journald, which adds the time itself, instead of time and level.</param>
internal sealed class LineFormat(bool isJournal)
{
    private const int LongestText = 4_096;
    private const string OriginalFormat = "{OriginalFormat}";

    /// <summary>Which part of the program speaks, by the thousand or hundred of its event numbers.</summary>
    private static readonly FrozenDictionary<int, string> Components = new Dictionary<int, string>
    {
        [10] = "gateway",
        [20] = "net",
        [30] = "mqtt",
        [31] = "mqttsn",
        [32] = "coap",
        [40] = "broker",
        [50] = "store",
        [60] = "bridge",
        [70] = "serial",
        [71] = "zigbee",
    }.ToFrozenDictionary();

    /// <summary>Writes one entry.</summary>
    public string Format<TState>(DateTimeOffset time, LogLevel level, string category, EventId eventId, TState state, string sentence, Exception? fault)
    {
        var line = new StringBuilder(256);
        AppendHead(line, time, level);
        line.Append(CultureInfo.InvariantCulture, $"{ComponentOf(category, eventId),-7} ");
        AppendText(line, sentence);
        AppendFields(line, eventId, state, fault);
        line.Append('\n');
        if (fault is not null)
        {
            foreach (var text in fault.ToString().Split('\n'))
            {
                AppendHead(line, time, level);
                line.Append("    ");
                AppendText(line, text.TrimEnd('\r'));
                line.Append('\n');
            }
        }

        return line.ToString();
    }

    private void AppendHead(StringBuilder line, DateTimeOffset time, LogLevel level)
    {
        if (isJournal)
        {
            line.Append(CultureInfo.InvariantCulture, $"<{PriorityOf(level)}>");
        }
        else
        {
            line.Append(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {NameOf(level),-5} ");
        }
    }

    private static void AppendFields<TState>(StringBuilder line, EventId eventId, TState state, Exception? fault)
    {
        line.Append(CultureInfo.InvariantCulture, $" {{event={eventId.Id}");
        if (state is IReadOnlyList<KeyValuePair<string, object?>> fields)
        {
            foreach (var (name, value) in fields)
            {
                if (name != OriginalFormat)
                {
                    line.Append(' ').Append(name).Append('=');
                    AppendValue(line, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                }
            }
        }

        if (fault is not null)
        {
            line.Append(" exception=");
            AppendValue(line, fault.GetType().Name);
        }

        line.Append('}');
    }

    private static void AppendValue(StringBuilder line, string value)
    {
        if (value.Length > 0 && !value.AsSpan().ContainsAny(" \"{}="))
        {
            AppendText(line, value);
            return;
        }

        line.Append('"');
        AppendText(line, value.Replace("\"", "\\\"", StringComparison.Ordinal));
        line.Append('"');
    }

    private static void AppendText(StringBuilder line, string text)
    {
        foreach (var letter in text.AsSpan(0, Math.Min(text.Length, LongestText)))
        {
            if (char.IsControl(letter) || letter is '\u2028' or '\u2029')
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                line.Append(letter);
            }
        }

        if (text.Length > LongestText)
        {
            line.Append('…');
        }
    }

    private static string ComponentOf(string category, EventId eventId)
    {
        if (!category.StartsWith("Edge.", StringComparison.Ordinal))
        {
            return category[(category.LastIndexOf('.') + 1)..].ToLowerInvariant();
        }

        var block = eventId.Id / 100;
        return Components.GetValueOrDefault(block) ?? Components.GetValueOrDefault(block / 10 * 10) ?? "gateway";
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    /// <summary>Priorities of syslog(3), as sd-daemon(3) has them before a line.</summary>
    private static int PriorityOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => 7,
        LogLevel.Information => 6,
        LogLevel.Warning => 4,
        LogLevel.Error => 3,
        _ => 2,
    };
}
