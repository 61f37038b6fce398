using System.Globalization;

namespace Edge.Load.Reporting;

/// <summary>What Linux counts for one process.</summary>
/// <param name="Cpu">User and system time, all threads (<c>/proc/PID/stat</c>, in steps of 10 ms).</param>
/// <param name="ResidentKiB">Resident memory (VmRSS).</param>
/// <param name="PeakKiB">The most it was (VmHWM).</param>
/// <param name="WrittenBytes">Octets it caused to be written to disk (<c>write_bytes</c>; a tmpfs counts nothing).</param>
internal sealed record ProcessUsage(TimeSpan Cpu, long ResidentKiB, long PeakKiB, long WrittenBytes)
{
    private const double TicksPerSecond = 100;

    /// <summary>Reads the counters; null when there is no process to read.</summary>
    internal static ProcessUsage? Read(int? processId)
    {
        if (processId is not { } id)
        {
            return null;
        }

        try
        {
            // The command's name stands in brackets and may hold blanks: count the fields after it. utime is field 14, stime 15.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = Number(fields[11]) + Number(fields[12]);
            return new(
                TimeSpan.FromSeconds(ticks / TicksPerSecond),
                Labelled($"/proc/{id}/status", "VmRSS:"),
                Labelled($"/proc/{id}/status", "VmHWM:"),
                Labelled($"/proc/{id}/io", "write_bytes:"));
        }
        catch (IOException fault)
        {
            throw new LoadException($"Process {id} cannot be read, it may have ended: {fault.Message}");
        }
        catch (UnauthorizedAccessException)
        {
            throw new LoadException($"/proc/{id}/io belongs to another user; leave out --pid or run as that user.");
        }
    }

    /// <summary>CPU time and octets since an earlier reading, memory as it is now.</summary>
    internal ProcessUsage Since(ProcessUsage earlier) =>
        this with { Cpu = Cpu - earlier.Cpu, WrittenBytes = WrittenBytes - earlier.WrittenBytes };

    private static long Labelled(string path, string label)
    {
        foreach (var line in File.ReadLines(path))
        {
            if (line.StartsWith(label, StringComparison.Ordinal))
            {
                return Number(line[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
            }
        }

        throw new LoadException($"{path} has no line {label}");
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
