namespace Edge.Load.Net;

/// <summary>Whoever owns a descriptor that an <see cref="EventLoop"/> watches.</summary>
internal interface IReadyHandler
{
    /// <summary>Called when the descriptor can be read (end of stream and errors included).</summary>
    void OnReadable();

    /// <summary>Called when the descriptor can be written and write readiness was asked for.</summary>
    void OnWritable();
}
