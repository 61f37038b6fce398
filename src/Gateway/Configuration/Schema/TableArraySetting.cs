using System.Globalization;
using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A key with tables in a row, each read by a schema of its own.</summary>
/// <param name="Key">The key within the table.</param>
/// <param name="Expected">What is right.</param>
/// <param name="Summary">What it is for.</param>
/// <param name="SchemaFor">Schema of the tables, given the record so far.</param>
/// <param name="Set">Puts the records in place.</param>
internal sealed record TableArraySetting<T, TItem>(
    string Key, string Expected, string Summary, Func<T, SettingSchema<TItem>> SchemaFor, Func<T, IReadOnlyList<TItem>, T> Set)
    : Setting<T>(Key, Expected, "`[]`", Summary)
{
    /// <inheritdoc/>
    public override T Apply(T target, SettingNode node, string key, ConfigurationReport report)
    {
        if (node is not SettingArray array)
        {
            report.Add(node.Origin, key, $"is {node.Describe()}; it must be {ExpectedInPlainWords}");
            return target;
        }

        var schema = SchemaFor(target);
        var items = new List<TItem>();
        foreach (var (index, item) in array.Items.Index())
        {
            var itemKey = $"{key}.{NameOf(item) ?? index.ToString(CultureInfo.InvariantCulture)}";
            if (item is SettingTable table)
            {
                report.Remember(itemKey, table.Origin);
                items.Add(schema.Read(table, itemKey, report));
            }
            else
            {
                report.Add(item.Origin, itemKey, $"is {item.Describe()}; it must be a table");
            }
        }

        return Set(target, items);
    }

    private static string? NameOf(SettingNode item) =>
        (item as SettingTable)?.Children.GetValueOrDefault("name") is SettingScalar { Value: string { Length: > 0 } name } ? name : null;
}
