using System.Globalization;
using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A key that is known but does nothing yet: using it is a fault, so that nobody believes it works.</summary>
/// <param name="Key">The key within the table.</param>
/// <param name="Feature">What it belongs to, as the beginning of a sentence.</param>
/// <param name="Harmless">The one value that may be given, since it asks for nothing; as TOML, or null.</param>
internal sealed record PlannedSetting<T>(string Key, string Feature, string? Harmless = null)
    : Setting<T>(
        Key,
        Harmless is null ? "left out" : $"`{Harmless}` or left out",
        Harmless is null ? "none" : $"`{Harmless}`",
        Feature)
{
    /// <inheritdoc/>
    public override T Apply(T target, SettingNode node, string key, ConfigurationReport report)
    {
        var given = node is SettingScalar scalar ? Convert.ToString(scalar.Value, CultureInfo.InvariantCulture) : null;
        if (given is null || !given.Equals(Harmless?.Trim('"'), StringComparison.OrdinalIgnoreCase))
        {
            report.Add(
                node.Origin,
                key,
                $"is {node.Describe()}; {Feature} is not available in this version, so it must be {ExpectedInPlainWords}");
        }

        return target;
    }
}
