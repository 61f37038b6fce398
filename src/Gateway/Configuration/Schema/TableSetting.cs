using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A key whose value is a table in which the names are up to the operator.</summary>
/// <typeparam name="T">Whose key it is.</typeparam>
/// <typeparam name="TName">What a name is read as.</typeparam>
/// <typeparam name="TValue">What a value is read as.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Expected">What is right, with an example.</param>
/// <param name="Summary">What it is for.</param>
/// <param name="Set">Puts the table into the settings.</param>
internal abstract record TableSetting<T, TName, TValue>(
    string Key, string Expected, string Summary, Func<T, IReadOnlyDictionary<TName, TValue>, T> Set)
    : Setting<T>(Key, Expected, "`{}`", Summary)
    where TName : notnull
{
    /// <inheritdoc/>
    public sealed override T Apply(T target, SettingNode node, string key, ConfigurationReport report)
    {
        if (node is not SettingTable table)
        {
            report.Add(node.Origin, key, $"is {node.Describe()}; it must be {ExpectedInPlainWords}");
            return target;
        }

        var entries = new Dictionary<TName, TValue>();
        foreach (var (name, child) in table.Children)
        {
            report.Remember($"{key}.{name}", child.Origin);
            if (Add(entries, name, child) is { } fault)
            {
                report.Add(child.Origin, $"{key}.{name}", fault);
            }
        }

        return entries.Count == 0 ? target : Set(target, entries);
    }

    /// <summary>Reads one entry into the table.</summary>
    /// <returns>What is wrong, as the rest of a sentence that begins with the entry's key; null when nothing is.</returns>
    protected abstract string? Add(Dictionary<TName, TValue> entries, string name, SettingNode child);
}
