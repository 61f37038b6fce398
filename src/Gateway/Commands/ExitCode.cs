namespace Edge.Gateway.Commands;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A fault at run time: a port in use, a store that cannot be opened.</summary>
    public const int RuntimeFault = 1;

    /// <summary>Wrong arguments or configuration.</summary>
    public const int WrongUsage = 2;
}
