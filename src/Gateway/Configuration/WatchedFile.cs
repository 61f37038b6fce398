using System.Security.Cryptography;

namespace Edge.Gateway.Configuration;

/// <summary>Notices that a file was changed, or replaced by another of the same name.</summary>
/// <remarks>
/// It goes by what the file holds: times are too coarse to tell two changes apart. A change counts when two looks find the same, so that
/// a file is not taken while somebody is writing it.
/// </remarks>
internal sealed class WatchedFile
{
    private readonly string _path;
    private byte[] _taken;
    private byte[] _seen;

    /// <summary>Remembers the file as it is now.</summary>
    public WatchedFile(string path)
    {
        _path = path;
        _taken = _seen = Look();
    }

    /// <summary>Looks at the file. Whether it has become another, and was that at the look before too.</summary>
    public bool HasChanged()
    {
        var now = Look();
        var isSteady = now.AsSpan().SequenceEqual(_seen);
        _seen = now;
        if (!isSteady || now.AsSpan().SequenceEqual(_taken))
        {
            return false;
        }

        _taken = now;
        return true;
    }

    /// <summary>Empty when it cannot be read.</summary>
    private byte[] Look()
    {
        try
        {
            using var file = File.OpenRead(_path);
            return SHA256.HashData(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
