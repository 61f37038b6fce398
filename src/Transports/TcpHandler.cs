using Edge.Transports.Native;

namespace Edge.Transports;

/// <summary>What a <see cref="TcpLoop"/> looks after: a descriptor, and who is told of its events.</summary>
public abstract class TcpHandler
{
    private protected TcpHandler(int descriptor) => Descriptor = descriptor;

    /// <summary>The descriptor; −1 once it is closed.</summary>
    internal int Descriptor { get; private protected set; }

    /// <summary>Something has happened. On the loop's thread.</summary>
    internal abstract void OnReady(EpollEvents events);
}
