namespace Edge.Messaging;

/// <summary>Where every loss is counted, by cause: one in the process.</summary>
public interface IDropCounter
{
    /// <summary>Counts lost messages or frames.</summary>
    void Count(DropCause cause, long count = 1);

    /// <summary>How many were counted so far for a cause.</summary>
    long Read(DropCause cause);
}
