namespace Edge.Testing;

/// <summary>A serial device that comes and goes behind one path, as below <c>/dev/serial/by-id</c>: each time it is another terminal.</summary>
internal sealed class PluggableDevice : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-serial-").FullName;

    private PseudoTerminal? _terminal;

    /// <summary>The path that stays.</summary>
    public string Path => System.IO.Path.Combine(_folder, "usb-Sensor_01-if00-port0");

    /// <summary>Puts it in.</summary>
    public PseudoTerminal PlugIn()
    {
        _terminal = new PseudoTerminal();
        File.CreateSymbolicLink(Path, _terminal.Path);
        return _terminal;
    }

    /// <summary>Pulls it out.</summary>
    public void PullOut()
    {
        File.Delete(Path);
        _terminal?.Dispose();
        _terminal = null;
    }

    public void Dispose()
    {
        PullOut();
        Directory.Delete(_folder, recursive: true);
    }
}
