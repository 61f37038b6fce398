using System.Text;

namespace Edge.Gateway.Configuration.Toml;

/// <summary>Reads a file whole.</summary>
internal static class TomlFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file. Whatever it holds, this does not throw.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="what">What it is, for faults: <c>the configuration file</c>.</param>
    /// <param name="report">Where faults go.</param>
    /// <returns>Null when it cannot be read or is no TOML.</returns>
    public static SettingTable? Read(string path, string what, ConfigurationReport report)
    {
        try
        {
            var text = StrictUtf8.GetString(File.ReadAllBytes(path));
            return TomlReader.ReadFile(text.TrimStart('\uFEFF'), path, report);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            report.Add(new SettingOrigin(path, "/"), "", $"{what} cannot be read: {fault.Message}");
        }
        catch (DecoderFallbackException)
        {
            report.Add(new SettingOrigin(path, "/"), "", $"{what} must be UTF-8 text");
        }

        return null;
    }
}
