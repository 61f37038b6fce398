namespace Edge.Gateway.Logging;

/// <summary>Whether the journal reads our standard error, as systemd.exec(5) has it under <c>$JOURNAL_STREAM</c>.</summary>
internal static class Journal
{
    /// <summary>Compares the variable with the file behind standard error: a child whose output was redirected inherits the variable all the same.</summary>
    public static bool ReadsStandardError() =>
        Reads(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), new FileInfo("/proc/self/fd/2").LinkTarget);

    /// <summary>Compares a <c>device:inode</c> with what a descriptor's link says, <c>socket:[inode]</c>.</summary>
    public static bool Reads(string? journalStream, string? link) =>
        journalStream?.Split(':') is [_, { Length: > 0 } inode] && link == $"socket:[{inode}]";
}
