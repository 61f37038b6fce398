using System.Buffers;

namespace Edge.Transports;

/// <summary>Octets in and out of one connection. Nothing waits: what cannot be done now says so, and its owner is called when it can be.</summary>
/// <remarks>One loop owns it. Only <see cref="Schedule"/> may be used from any thread, the others from one at a time.</remarks>
public interface IStreamLink
{
    /// <summary>Whether the other side sends no more, and all that it sent has been looked at.</summary>
    bool HasEnded { get; }

    /// <summary>Whether nothing more can be sent.</summary>
    bool IsBroken { get; }

    /// <summary>Whether the other side takes nothing in: octets that were to leave wait for it.</summary>
    bool IsBlocked { get; }

    /// <summary>Octets written that <see cref="Flush"/> has yet to hand over.</summary>
    long Unsent { get; }

    /// <summary>Names who is called when what said no may be tried again; once, before anything else.</summary>
    /// <param name="arrived">Called when there is something to receive, by a thread that has nothing else to do.</param>
    /// <param name="drained">Called when blocked octets have left.</param>
    void Open(Action arrived, Action drained);

    /// <summary>Takes what has arrived, together with what was kept before.</summary>
    /// <param name="octets">They last until <see cref="Keep"/>, which must follow.</param>
    /// <returns>False when there is nothing that was not looked at before.</returns>
    bool TryReceive(out ReadOnlySequence<byte> octets);

    /// <summary>Keeps the rest of what was received.</summary>
    /// <param name="rest">The end of what <see cref="TryReceive"/> gave; may be empty.</param>
    /// <param name="wantsMore">False to be given the rest again even if nothing more arrives.</param>
    void Keep(in ReadOnlySequence<byte> rest, bool wantsMore);

    /// <summary>Room for octets to be sent, all of which must be written before the next call. They leave with <see cref="Flush"/>.</summary>
    /// <param name="size">Octets, 0 and up.</param>
    Span<byte> Enqueue(int size);

    /// <summary>Hands over what was enqueued.</summary>
    /// <returns>False when some of it waits until the other side takes it in.</returns>
    bool Flush();

    /// <summary>Cuts the connection; what waits to be sent is given up.</summary>
    void Abort();

    /// <summary>Has work done soon by the loop that owns the link. Each piece comes after those that were there before.</summary>
    void Schedule(IThreadPoolWorkItem work);
}
