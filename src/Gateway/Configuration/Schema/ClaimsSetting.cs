using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access.Tokens;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A table of claims with the values they must have.</summary>
internal sealed record ClaimsSetting(string Key, string Summary, Func<GatewaySettings, IReadOnlyDictionary<string, ClaimTemplate>, GatewaySettings> Set)
    : Setting<GatewaySettings>(Key, "a table of claims with their values, such as `{ iss = \"plant\", device = \"${clientid}\" }`", "`{}`", Summary)
{
    /// <inheritdoc/>
    public override GatewaySettings Apply(GatewaySettings target, SettingNode node, string key, ConfigurationReport report)
    {
        if (node is not SettingTable table)
        {
            report.Add(node.Origin, key, $"is {node.Describe()}; it must be {ExpectedInPlainWords}");
            return target;
        }

        var claims = new Dictionary<string, ClaimTemplate>(StringComparer.Ordinal);
        foreach (var (claim, child) in table.Children)
        {
            report.Remember($"{key}.{claim}", child.Origin);
            if (SettingType.TryGetText(child, out var text) && ClaimTemplate.TryParse(text, out var value))
            {
                claims[claim] = value;
            }
            else
            {
                report.Add(child.Origin, $"{key}.{claim}", $"is {child.Describe()}; it must be a text, in which ${{clientid}} and ${{username}} are the only placeholders");
            }
        }

        return claims.Count == 0 ? target : Set(target, claims);
    }
}
