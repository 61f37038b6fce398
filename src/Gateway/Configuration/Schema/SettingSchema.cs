using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>All keys a table may hold, and the record it becomes.</summary>
/// <param name="seed">The record when nothing is given.</param>
/// <param name="settings">The keys, in the order in which they are read.</param>
/// <param name="check">Looks at what one key alone cannot tell; given the record, the table's full key and where faults go. Or null.</param>
internal sealed class SettingSchema<T>(T seed, IReadOnlyList<Setting<T>> settings, Action<T, string, ConfigurationReport>? check = null)
{
    /// <summary>The keys, in order.</summary>
    public IReadOnlyList<Setting<T>> Settings { get; } = settings;

    /// <summary>Reads a table whole; every fault in it goes to the report.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">Its full key; empty for the whole file.</param>
    /// <param name="report">Where faults go.</param>
    public T Read(SettingTable table, string key, ConfigurationReport report)
    {
        var given = new Dictionary<string, SettingNode>(StringComparer.Ordinal);
        Collect(table, "", key, given, report);

        var target = seed;
        foreach (var setting in Settings)
        {
            if (given.TryGetValue(setting.Key, out var node))
            {
                target = setting.Apply(target, node, Join(key, setting.Key), report);
            }
            else if (setting.Default == Setting<T>.Required)
            {
                report.Add(table.Origin, Join(key, setting.Key), $"is missing; it must be {setting.ExpectedInPlainWords}");
            }
        }

        check?.Invoke(target, key, report);
        return target;
    }

    private void Collect(SettingTable table, string section, string root, Dictionary<string, SettingNode> given, ConfigurationReport report)
    {
        foreach (var (name, node) in table.Children)
        {
            var local = Join(section, name);
            var full = Join(root, local);
            report.Remember(full, node.Origin);
            if (Settings.Any(setting => setting.Key == local))
            {
                given.Add(local, node);
            }
            else if (!IsSection(local))
            {
                report.Add(node.Origin, full, $"is no known key; the nearest is {Join(root, Nearest(local))}");
            }
            else if (node is SettingTable child)
            {
                Collect(child, local, root, given, report);
            }
            else
            {
                report.Add(node.Origin, full, $"is {node.Describe()}; it must be a table, written [{local}]");
            }
        }
    }

    private bool IsSection(string key) => Settings.Any(setting => setting.Key.StartsWith(key + ".", StringComparison.Ordinal));

    /// <summary>Sections stand for themselves, so that a misspelt section is told once and not key by key.</summary>
    private string Nearest(string key) =>
        EditDistance.Nearest(key, Settings.Select(setting => setting.Key).Concat(Settings.SelectMany(setting => SectionsOf(setting.Key))));

    private static IEnumerable<string> SectionsOf(string key)
    {
        for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
        {
            yield return key[..dot];
        }
    }

    private static string Join(string section, string key) => section.Length == 0 ? key : $"{section}.{key}";
}
