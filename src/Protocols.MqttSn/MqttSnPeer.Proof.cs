using System.Security.Cryptography;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <content>Nothing is amplified (decision 38): until a client has shown that it receives at its address, that address pays for what is sent there.</content>
/// <remarks>
/// Anyone may connect in another's name and from another's address. So until then no more goes there than three times what came from there, as with
/// QUIC (RFC 9000 §8.1), and what does not fit waits in the session. REGACK is the proof: it repeats a MsgId that only who receives can know.
/// </remarks>
public sealed partial class MqttSnPeer
{
    /// <summary>How much may be sent for what came.</summary>
    private const int Factor = 3;

    /// <summary>Octets that UDP and IP add to each message, at least; most messages are shorter than that.</summary>
    private const int Headers = 28;

    /// <summary>The longest answer to whatever a client says, SUBACK.</summary>
    private const int LongestAnswer = 8;

    /// <summary>Octets held back for a question, and for its repetition.</summary>
    private const int RoomToAsk = 2 * (7 + Headers);

    /// <summary>A topic to ask with where that of the message is too long: nothing is published to it.</summary>
    private static readonly TopicName ShortQuestion = TopicName.TryParse(ShortQuestionInUtf8, out var name) ? name : throw new InvalidOperationException();

    private bool _isProven;

    /// <summary>Octets that may go to the address unasked. Each message from there has paid for its answer already.</summary>
    private long _credit;

    /// <summary>The REGISTER under way tells the client nothing that it does not know: it only asks whether it receives.</summary>
    private bool _isQuestion;

    private static ReadOnlySpan<byte> ShortQuestionInUtf8 => "?"u8;

    private void Earn(int octets) => _credit += _isProven ? 0 : (Factor * (octets + Headers)) - LongestAnswer - Headers;

    private bool Affords(int octets) => _isProven || _credit >= octets + Headers;

    /// <summary>A MsgId for REGISTER; while the client has proved nothing, one that cannot be guessed.</summary>
    private ushort NextRegisterMsgId() =>
        _isProven ? (ushort)((_registerMsgId % ushort.MaxValue) + 1) : (ushort)RandomNumberGenerator.GetInt32(1, ushort.MaxValue + 1);

    /// <summary>The id in a question about a topic that the client can name: that by which it does, or, for a short name, the one that it would get.</summary>
    private ushort IdToAskWith(TopicName topic) =>
        TryGetTopicId(topic, out var type, out var topicId) && type != TopicIdType.ShortName ? topicId : Topics.IdFor(topic);

    /// <summary>Sends what is no answer, if the address has paid for it.</summary>
    private bool SendUnasked<TMessage>(TMessage message, IPeerEffects<MqttSnReply> effects)
        where TMessage : struct, IMqttSnMessage<TMessage>, allows ref struct
    {
        var isPaid = Affords(message.Size);
        if (isPaid)
        {
            _credit -= _isProven ? 0 : message.Size + Headers;
            Send(message, effects);
        }

        return isPaid;
    }
}
