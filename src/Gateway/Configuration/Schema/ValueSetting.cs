using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A key with a value of one type.</summary>
internal sealed record ValueSetting<T, TValue>(string Key, SettingType<TValue> Type, string Default, string Summary, Func<T, TValue, T> Set)
    : Setting<T>(Key, Type.Expected, Default, Summary)
{
    /// <inheritdoc/>
    public override T Apply(T target, SettingNode node, string key, ConfigurationReport report)
    {
        if (Type.TryRead(node, out var value))
        {
            return Set(target, value);
        }

        report.Add(node.Origin, key, $"is {node.Describe()}; it must be {ExpectedInPlainWords}");
        return target;
    }
}
