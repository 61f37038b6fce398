using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>One key of a table: all that reading, faults and documentation need to know of it.</summary>
/// <typeparam name="T">The record that is built from the table.</typeparam>
/// <param name="Key">The key within the table, parts parted by dots.</param>
/// <param name="Expected">What is right, in words that follow “it must be”.</param>
/// <param name="Default">Value when the key is not given: as TOML in back-quotes, or in words.</param>
/// <param name="Summary">What it is for, in one or two sentences.</param>
internal abstract record Setting<T>(string Key, string Expected, string Default, string Summary)
{
    /// <summary>What <see cref="Default"/> says of a key that must be given.</summary>
    public const string Required = "required";

    /// <summary>What is right, for a fault on a terminal.</summary>
    public string ExpectedInPlainWords => Expected.Replace("`", "", StringComparison.Ordinal);

    /// <summary>Reads the value into a record.</summary>
    /// <param name="target">The record so far.</param>
    /// <param name="node">The value as it was written.</param>
    /// <param name="key">The full key.</param>
    /// <param name="report">Where faults go.</param>
    /// <returns>The record with the value in it, or unchanged when the value is wrong.</returns>
    public abstract T Apply(T target, SettingNode node, string key, ConfigurationReport report);
}
