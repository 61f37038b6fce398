namespace Edge.Gateway.Configuration;

/// <summary>Where a setting was written: named in faults, and the place from which a relative path counts.</summary>
/// <param name="Source">The file's path, <c>environment variable X</c>, <c>--set X</c>, or <c>built-in defaults</c>.</param>
/// <param name="Folder">Folder from which relative paths count.</param>
/// <param name="Line">Line in the file, from 1; 0 for what is no file.</param>
internal sealed record SettingOrigin(string Source, string Folder, int Line = 0)
{
    /// <summary>Whether it came from outside the file, where text needs no quotes.</summary>
    public bool IsOverride => Line == 0;

    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{Source}:{Line}" : Source;
}
