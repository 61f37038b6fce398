using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access.Tokens;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A table of claims with the values they must have.</summary>
internal sealed record ClaimsSetting(string Key, string Summary, Func<GatewaySettings, IReadOnlyDictionary<string, ClaimTemplate>, GatewaySettings> Set)
    : TableSetting<GatewaySettings, string, ClaimTemplate>(Key, "a table of claims with their values, such as `{ iss = \"plant\", device = \"${clientid}\" }`", Summary, Set)
{
    /// <inheritdoc/>
    protected override string? Add(Dictionary<string, ClaimTemplate> entries, string name, SettingNode child)
    {
        if (!SettingType.TryGetText(child, out var text) || !ClaimTemplate.TryParse(text, out var value))
        {
            return $"is {child.Describe()}; it must be a text, in which ${{clientid}} and ${{username}} are the only placeholders";
        }

        entries[name] = value;
        return null;
    }
}
