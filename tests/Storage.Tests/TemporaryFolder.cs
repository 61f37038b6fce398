namespace Edge.Storage.Tests;

/// <summary>A folder on a real disk, deleted at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
        : this($"/var/tmp/edge-store-{Guid.NewGuid():N}")
    {
    }

    public TemporaryFolder(string path) => Path = Directory.CreateDirectory(path).FullName;

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "edge.db");

    public string Log => Database + "-wal";

    /// <summary>Damaged databases that were set aside, without their logs.</summary>
    public IEnumerable<string> SetAside => Directory.EnumerateFiles(Path, "edge.db.damaged-*").Where(path => !path.EndsWith("-wal", StringComparison.Ordinal));

    /// <summary>The files as a power cut would leave them now, in a folder of their own.</summary>
    public TemporaryFolder CutPower()
    {
        var copy = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Path, "edge.db*"))
        {
            File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        }

        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
