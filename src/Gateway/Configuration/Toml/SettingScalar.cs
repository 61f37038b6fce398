namespace Edge.Gateway.Configuration.Toml;

/// <summary>A single value.</summary>
internal sealed class SettingScalar(SettingOrigin origin, object value, string written) : SettingNode(origin)
{
    private const int LongestShown = 80;

    /// <summary>A <see cref="string"/>, <see cref="long"/>, <see cref="double"/> or <see cref="bool"/>; a date or time as text of its own kind.</summary>
    public object Value { get; } = value;

    /// <summary>The value as it was written.</summary>
    public string Written { get; } = written;

    /// <inheritdoc/>
    public override string Describe()
    {
        var shown = Value is string text ? $"\"{text}\"" : Written;
        shown = string.Concat(shown.Select(letter => char.IsControl(letter) ? '·' : letter));
        return shown.Length <= LongestShown ? shown : string.Concat(shown.AsSpan(0, LongestShown), "…");
    }
}
