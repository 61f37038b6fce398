using System.Security.Cryptography;

namespace Edge.Gateway.Configuration;

/// <summary>Notices that a file, or one of some that belong together, was changed or replaced by another of the same name.</summary>
/// <remarks>
/// It goes by what the files hold: times are too coarse to tell two changes apart, and a link anywhere on the path may be turned elsewhere.
/// A change counts when two looks find the same, so that a file is not taken while somebody is writing it, nor a certificate before its key
/// has followed.
/// </remarks>
internal sealed class WatchedFile
{
    private readonly string[] _paths;
    private byte[] _taken;
    private byte[] _seen;

    /// <summary>Remembers the files as they are now.</summary>
    public WatchedFile(params string[] paths)
    {
        _paths = paths;
        _taken = _seen = Look();
    }

    /// <summary>Looks at the files. Whether they have become others, and were those at the look before too.</summary>
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

    private byte[] Look() => [.. _paths.SelectMany(Look)];

    /// <summary>As long whether the file can be read or not, so that none is taken for its neighbour.</summary>
    private static byte[] Look(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return SHA256.HashData(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new byte[SHA256.HashSizeInBytes];
        }
    }
}
