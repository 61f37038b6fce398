using Edge.LocalBroker.Access.Tokens;

namespace Edge.Gateway.Configuration;

/// <summary>The file of <c>auth.jwt.key_file</c>.</summary>
internal static class TokenKeyFile
{
    /// <summary>Its key in the configuration.</summary>
    public const string Key = "auth.jwt.key_file";

    /// <summary>Reads the file; null when there are faults, which are in the report. They show nothing of a key.</summary>
    public static TokenKeys? Read(string path, ConfigurationReport report)
    {
        try
        {
            var problem = $"is larger than {TokenKeys.LongestFile} octets";
            if (new FileInfo(path).Length <= TokenKeys.LongestFile && TokenKeys.TryRead(File.ReadAllBytes(path), out var keys, out problem))
            {
                return keys;
            }

            report.Add(Key, $"names {path}, which {problem}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            report.Add(Key, $"names {path}, which cannot be read: {fault.Message}");
        }

        return null;
    }
}
