using Edge.Gateway.Configuration.Schema;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration;

/// <summary>A file of rules about clients: a table <c>[[…]]</c> for each, in order.</summary>
internal static class RuleFile
{
    /// <summary>Reads the access list; null when there are faults, which are in the report.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="allowsOthers">Whether what no rule fits is allowed.</param>
    /// <param name="report">Where faults go.</param>
    public static AccessRules? ReadAccess(string path, bool allowsOthers, ConfigurationReport report) =>
        Read(path, "the access list", "rule", AccessRuleSchema.Schema, report) is { } rules ? new AccessRules(rules, allowsOthers) : null;

    /// <summary>Reads who is banned; null when there are faults, which are in the report.</summary>
    public static IReadOnlyList<Ban>? ReadBans(string path, ConfigurationReport report) => Read(path, "the list of bans", "ban", BanSchema.Schema, report);

    private static List<T>? Read<T>(string path, string what, string table, SettingSchema<T> schema, ConfigurationReport report)
        where T : ClientRule
    {
        var before = report.Faults.Count;
        if (TomlFile.Read(path, what, report) is not { } root)
        {
            return null;
        }

        var rules = new List<T>();
        foreach (var (name, node) in root.Children)
        {
            if (name != table || node is not SettingArray array)
            {
                report.Add(node.Origin, name, $"has no place here; the file holds {table}s, each written [[{table}]]");
                continue;
            }

            foreach (var (index, item) in array.Items.Index())
            {
                // Keys of other files have other beginnings, so that none is taken for another.
                var key = $"{table}.{index}";
                report.Remember(key, item.Origin);
                if (item is SettingTable given)
                {
                    rules.Add((T)((ClientRule)schema.Read(given, key, report) with { Origin = $"{Path.GetFileName(path)}:{item.Origin.Line}" }));
                }
                else
                {
                    report.Add(item.Origin, key, $"is {item.Describe()}; it must be a table");
                }
            }
        }

        return report.Faults.Count == before ? rules : null;
    }
}
