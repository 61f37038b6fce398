namespace Edge.Load.Commands;

/// <summary>A directory for the servers' configuration and data, removed at the end.</summary>
internal sealed class WorkDirectory : IDisposable
{
    /// <param name="parent">Where to make it; null is the system's directory for temporary files.</param>
    internal WorkDirectory(string? parent)
    {
        var path = Path.Combine(Path.GetFullPath(parent ?? Path.GetTempPath()), $"edge-load-{Guid.NewGuid():N}");
        Location = Directory.CreateDirectory(path).FullName;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    internal string Location { get; }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Directory.Delete(Location, recursive: true);
    }

    private void OnExit(object? sender, EventArgs arguments) => Directory.Delete(Location, recursive: true);
}
