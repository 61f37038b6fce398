using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Edge.Gateway.Configuration.Toml;

/// <summary>Turns TOML text into <see cref="SettingNode"/>s that know their lines. The one place that knows the TOML library.</summary>
internal sealed class TomlReader(Func<int, SettingOrigin> originOfLine)
{
    /// <summary>Reads a whole file's text.</summary>
    /// <returns>Null when the text is no TOML; the report then says where and why.</returns>
    public static SettingTable? ReadFile(string text, string path, ConfigurationReport report)
    {
        var folder = Path.GetDirectoryName(path) ?? "/";
        if (Parse(text, path) is { } document)
        {
            return new TomlReader(line => new SettingOrigin(path, folder, line)).Read(document, report);
        }

        report.Add(new SettingOrigin(path, folder), "", "is no TOML: its values nest too deep, or it ends within an escape");
        return null;
    }

    /// <summary>Reads one value as it may stand after <c>=</c>; false when the text is no TOML value.</summary>
    public static bool TryReadValue(string text, SettingOrigin origin, out SettingNode? value)
    {
        value = null;
        var document = Parse($"value = {text}", path: null);
        if (document is { HasErrors: false } && document.KeyValues.ChildrenCount == 1 && document.Tables.ChildrenCount == 0
            && document.KeyValues.GetChild(0)?.Value is { } syntax)
        {
            value = new TomlReader(_ => origin).Convert(syntax);
        }

        return value is not null;
    }

    /// <summary>Parses; null where the library throws instead of telling what is wrong.</summary>
    private static DocumentSyntax? Parse(string text, string? path)
    {
        try
        {
            return SyntaxParser.Parse(text, path, validate: true);
        }
        catch (Exception fault) when (fault is TomlException or ArgumentException)
        {
            return null;
        }
    }

    private SettingTable? Read(DocumentSyntax document, ConfigurationReport report)
    {
        if (document.HasErrors)
        {
            // What follows the first error of a line is mostly its echo.
            foreach (var error in document.Diagnostics.Where(message => message.Kind == DiagnosticMessageKind.Error).DistinctBy(LineOf))
            {
                report.Add(originOfLine(LineOf(error)), "", $"{error.Message.TrimEnd('.')}; texts, durations, sizes and addresses stand in quotes");
            }

            return null;
        }

        var root = new SettingTable(originOfLine(1));
        AddAll(root, document.KeyValues, report);
        foreach (var table in document.Tables)
        {
            var path = KeysOf(table.Name);
            var opened = Descend(root, path[..^1], OriginOf(table)) is { } parent
                ? Open(parent, path[^1], isArray: table is TableArraySyntax, OriginOf(table))
                : null;
            if (opened is null)
            {
                report.Add(OriginOf(table), string.Join('.', path), "is written twice in different ways");
                continue;
            }

            AddAll(opened, table.Items, report);
        }

        return root;
    }

    private static SettingTable? Open(SettingTable parent, string key, bool isArray, SettingOrigin origin)
    {
        if (!isArray)
        {
            return Child(parent, key, origin);
        }

        if (!parent.Children.TryGetValue(key, out var node))
        {
            parent.Children.Add(key, node = new SettingArray(origin));
        }

        if (node is not SettingArray array)
        {
            return null;
        }

        var table = new SettingTable(origin);
        array.Items.Add(table);
        return table;
    }

    /// <summary>Goes down, making tables on the way; of an array of tables the last one counts, as TOML says.</summary>
    private static SettingTable? Descend(SettingTable from, IEnumerable<string> path, SettingOrigin origin)
    {
        SettingTable? table = from;
        foreach (var key in path)
        {
            table = table is null ? null : Child(table, key, origin);
        }

        return table;
    }

    private static SettingTable? Child(SettingTable table, string key, SettingOrigin origin)
    {
        if (!table.Children.TryGetValue(key, out var node))
        {
            table.Children.Add(key, node = new SettingTable(origin));
        }

        return node as SettingTable ?? (node as SettingArray)?.Items.LastOrDefault() as SettingTable;
    }

    private void AddAll(SettingTable table, IEnumerable<KeyValueSyntax> pairs, ConfigurationReport report)
    {
        foreach (var pair in pairs)
        {
            var path = KeysOf(pair.Key);
            if (pair.Value is not { } value
                || Descend(table, path[..^1], OriginOf(pair)) is not { } parent
                || !parent.Children.TryAdd(path[^1], Convert(value)))
            {
                report.Add(OriginOf(pair), string.Join('.', path), "is written twice in different ways");
            }
        }
    }

    private SettingNode Convert(ValueSyntax syntax)
    {
        var origin = OriginOf(syntax);
        switch (syntax)
        {
            case StringValueSyntax text:
                return new SettingScalar(origin, text.Value ?? "", text.Token?.Text ?? "");
            case IntegerValueSyntax integer:
                return new SettingScalar(origin, integer.Value, integer.Token?.Text ?? "");
            case FloatValueSyntax number:
                return new SettingScalar(origin, number.Value, number.Token?.Text ?? "");
            case BooleanValueSyntax truth:
                return new SettingScalar(origin, truth.Value, truth.Token?.Text ?? "");
            case DateTimeValueSyntax time:
                return new SettingScalar(origin, time.Value, time.Token?.Text ?? "");
            case ArraySyntax array:
                var items = new SettingArray(origin);
                items.Items.AddRange(array.Items.Select(item => item.Value).OfType<ValueSyntax>().Select(Convert));
                return items;
            case InlineTableSyntax inline:
                var table = new SettingTable(origin);
                foreach (var pair in inline.Items.Select(item => item.KeyValue).OfType<KeyValueSyntax>())
                {
                    var path = KeysOf(pair.Key);
                    if (pair.Value is { } value && Descend(table, path[..^1], origin) is { } parent)
                    {
                        parent.Children[path[^1]] = Convert(value);
                    }
                }

                return table;
            default:
                throw new InvalidOperationException($"TOML has no value of kind {syntax.Kind}.");
        }
    }

    private SettingOrigin OriginOf(SyntaxNode syntax) => originOfLine(syntax.Span.Start.Line + 1);

    private static int LineOf(DiagnosticMessage message) => message.Span.Start.Line + 1;

    private static string[] KeysOf(KeySyntax? key) =>
        key is null ? [""] : [TextOf(key.Key), .. key.DotKeys.Select(item => TextOf(item.Key))];

    private static string TextOf(BareKeyOrStringValueSyntax? part) => part switch
    {
        BareKeySyntax bare => bare.Key?.Text ?? "",
        StringValueSyntax quoted => quoted.Value ?? "",
        _ => "",
    };
}
