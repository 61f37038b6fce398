namespace Edge.Gateway.Configuration.Toml;

/// <summary>Values in a row, such as the tables of <c>[[bridge]]</c>.</summary>
internal sealed class SettingArray(SettingOrigin origin) : SettingNode(origin)
{
    /// <summary>The values, in order.</summary>
    public List<SettingNode> Items { get; } = [];

    /// <inheritdoc/>
    public override string Describe() => "an array";
}
