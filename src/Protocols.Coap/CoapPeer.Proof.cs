using System.Security.Cryptography;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap;

/// <content>Nothing is amplified (decision 41): until an end point has shown that it receives at its address, little goes there.</content>
/// <remarks>
/// Anyone may ask from another's address. So until then no response is longer than three times its request and a little more: what is longer goes in small blocks, which
/// every client can ask for, along with an Echo Option (RFC 9175 §2), which makes it proven with its next request. Who gets such a block, or observes, is asked by a
/// CoAP ping as well; who observes is notified when it has answered.
/// </remarks>
public sealed partial class CoapPeer
{
    /// <summary>How much may be sent for what came, and how much more, in octets.</summary>
    private const int Factor = 3, Constant = 64;

    /// <summary>Octets of a response beside its payload, at most: header, Token and options.</summary>
    private const int LongestOptions = 60;

    /// <summary>Message IDs that an unproven end point may guess wrongly before what it observes is forgotten: whoever it is, it does not see our messages.</summary>
    private const int MaxGuesses = 8;

    private const int EchoLength = 8;

    private bool _isProven;
    private int _guesses;
    private byte[]? _echo;

    /// <summary>The largest block that may go out in answer to a request of so many octets.</summary>
    private int ExponentFor(int requestOctets) => _isProven ? Block.MaxSizeExponent : Block.ExponentFor((Factor * requestOctets) + Constant - LongestOptions);

    /// <summary>What the client shows, to be proven by it; null for one that is proven.</summary>
    private byte[]? Echo => _isProven ? null : _echo ??= RandomNumberGenerator.GetBytes(EchoLength);

    private void TakeEcho(ReadOnlySpan<byte> echo) => _isProven |= _echo is not null && CryptographicOperations.FixedTimeEquals(echo, _echo);

    /// <summary>Asks an end point whether it receives, unless it is asked already.</summary>
    private void AskForProof(IPeerEffects<CoapReply> effects)
    {
        if (!_isProven && _outgoing.Count == 0)
        {
            Ping(effects);
        }
    }

    private void CountGuess(CoapType type, IPeerEffects<CoapReply> effects)
    {
        if (!_isProven && _outgoing.Count > 0 && type is CoapType.Acknowledgement or CoapType.Reset && ++_guesses > MaxGuesses)
        {
            Part(effects);
        }
    }
}
