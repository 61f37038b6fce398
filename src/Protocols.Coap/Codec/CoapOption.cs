using System.Text;

namespace Edge.Protocols.Coap.Codec;

/// <summary>One option of a message (RFC 7252 §3.1).</summary>
/// <param name="number">Its number.</param>
/// <param name="value">Its value, in place.</param>
public readonly ref struct CoapOption(OptionNumber number, ReadOnlySpan<byte> value)
{
    /// <summary>Its number, known or not.</summary>
    public OptionNumber Number { get; } = number;

    /// <summary>Its value; 0 to 1,034 octets for those that are known, 65,804 at most.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>Whether who does not understand it must not go on (§5.4.1).</summary>
    public bool IsCritical => ((ushort)Number & 1) != 0;

    /// <summary>The value as a number, most significant octet first, none for 0 (§3.2). Of more than four octets the last four.</summary>
    public uint Number32
    {
        get
        {
            var number = 0u;
            foreach (var octet in Value)
            {
                number = (number << 8) | octet;
            }

            return number;
        }
    }

    /// <summary>The value as text.</summary>
    public string Text => Encoding.UTF8.GetString(Value);
}
