using Edge.Gateway.Configuration.Schema;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration;

/// <summary>The access list: a table <c>[[rule]]</c> for each rule, in order.</summary>
internal static class AccessFile
{
    private const string Rule = "rule";

    /// <summary>Reads the file; null when there are faults, which are in the report.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="allowsOthers">Whether what no rule fits is allowed.</param>
    /// <param name="report">Where faults go.</param>
    public static AccessRules? Read(string path, bool allowsOthers, ConfigurationReport report)
    {
        var before = report.Faults.Count;
        if (TomlFile.Read(path, "the access list", report) is not { } root)
        {
            return null;
        }

        var rules = new List<AccessRule>();
        foreach (var (name, node) in root.Children)
        {
            if (name != Rule || node is not SettingArray array)
            {
                report.Add(node.Origin, name, "has no place here; the file holds rules, each written [[rule]]");
                continue;
            }

            foreach (var (index, item) in array.Items.Index())
            {
                // Keys of other files have other beginnings, so that none is taken for another.
                var key = $"{Rule}.{index}";
                report.Remember(key, item.Origin);
                if (item is SettingTable table)
                {
                    rules.Add(AccessRuleSchema.Schema.Read(table, key, report) with { Origin = $"{Path.GetFileName(path)}:{item.Origin.Line}" });
                }
                else
                {
                    report.Add(item.Origin, key, $"is {item.Describe()}; it must be a table");
                }
            }
        }

        return report.Faults.Count == before ? new AccessRules(rules, allowsOthers) : null;
    }
}
