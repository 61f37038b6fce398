namespace Edge.Gateway.Configuration.Toml;

/// <summary>A piece of a configuration as it was written, before anyone says what it means.</summary>
internal abstract class SettingNode(SettingOrigin origin)
{
    /// <summary>Where it was written.</summary>
    public SettingOrigin Origin { get; } = origin;

    /// <summary>How a fault names the value.</summary>
    public abstract string Describe();
}
