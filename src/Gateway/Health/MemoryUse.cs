using System.Globalization;

namespace Edge.Gateway.Health;

/// <summary>How much memory the process has, of how much it may have.</summary>
/// <param name="Used">Octets that are its own: no file could give them back.</param>
/// <param name="Limit">Octets.</param>
internal readonly record struct MemoryUse(long Used, long Limit)
{
    private const string Anonymous = "RssAnon:";

    /// <summary>Looks at this process.</summary>
    /// <param name="limit">Its limit; 0 for what the system allows: the limit of its control group, else the memory of the machine.</param>
    public static MemoryUse OfProcess(long limit)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Anonymous, StringComparison.Ordinal)); // Such as: RssAnon:    1234 kB
        var kibibytes = long.Parse(line.AsSpan(Anonymous.Length, line.Length - Anonymous.Length - " kB".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        return new MemoryUse(kibibytes * 1024, limit > 0 ? limit : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }
}
