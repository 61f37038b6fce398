namespace Edge.Gateway.Configuration.Toml;

/// <summary>Keys with their values.</summary>
internal sealed class SettingTable(SettingOrigin origin) : SettingNode(origin)
{
    /// <summary>The values by key, in no order that matters.</summary>
    public Dictionary<string, SettingNode> Children { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string Describe() => "a table";
}
