namespace Edge.Protocols.Coap.SenMl;

/// <summary>Records of a pack that were handed to the broker, and wait for its answers.</summary>
/// <param name="first">Number of the first, by which the broker answers; the others follow.</param>
/// <param name="count">How many there are.</param>
internal sealed class PublishedRecords(long first, int count)
{
    private int _answered;
    private CoapResponse? _refusal;

    /// <summary>Whether an answer of the broker is for one of them.</summary>
    public bool Have(CoapReply reply) => reply.Number >= first && reply.Number < first + count;

    /// <summary>Takes the answer for one of them.</summary>
    /// <returns>The answer for all, once there is one for each: the first that refuses, else this one.</returns>
    public CoapResponse? Take(CoapResponse response)
    {
        _refusal ??= response.Code.Class == 2 ? null : response;
        return ++_answered == count ? _refusal ?? response : null;
    }
}
