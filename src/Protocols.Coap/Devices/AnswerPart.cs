using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap.Devices;

/// <summary>What the options of a device's response say: of the whole answer, or of one block of it.</summary>
/// <param name="ContentFormat">Content-Format of the body; null for none.</param>
/// <param name="Block">Which block it is; null for the whole.</param>
/// <param name="ETag">Entity-tag of the body; empty for none.</param>
internal readonly record struct AnswerPart(ushort? ContentFormat, Block? Block, byte[] ETag)
{
    /// <summary>Reads them; false when one is critical and not understood (RFC 7252 §5.4.1), or the block is not as long as it says (RFC 7959 §2.2).</summary>
    public static bool TryRead(in CoapMessage message, out AnswerPart part)
    {
        part = new AnswerPart(null, null, []);
        var isUnderstood = true;
        foreach (var option in message.Options)
        {
            switch (option.Number)
            {
                case OptionNumber.ContentFormat:
                    part = part with { ContentFormat = (ushort)option.Number32 };
                    break;
                case OptionNumber.ETag:
                    part = part with { ETag = option.Value.ToArray() };
                    break;
                case OptionNumber.Block2:
                    isUnderstood &= Transfer.Block.TryParse(option.Number32, out var block);
                    part = part with { Block = block };
                    break;
                default:
                    isUnderstood &= !option.IsCritical || OptionFormat.Of(option.Number) is not null;
                    break;
            }
        }

        return isUnderstood && (part.Block is not { IsMore: true } more || more.Size == message.Payload.Length);
    }
}
