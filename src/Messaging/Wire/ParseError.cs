namespace Edge.Messaging.Wire;

/// <summary>Why a frame was refused. Kept few: each value is also a metric tag.</summary>
public enum ParseError : byte
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>It ends before its fields do.</summary>
    Truncated,

    /// <summary>Its length field and its length differ, or octets are left over.</summary>
    LengthMismatch,

    /// <summary>No such message type.</summary>
    UnknownType,

    /// <summary>A reserved bit or value is used.</summary>
    ReservedValue,

    /// <summary>A text is no well-formed UTF-8, or holds U+0000.</summary>
    InvalidText,

    /// <summary>A topic or filter breaks the rules for wildcards or is empty.</summary>
    InvalidTopic,

    /// <summary>A property stands where it may not, twice, or with a value it may not have.</summary>
    InvalidProperty,

    /// <summary>A field has a value that its section forbids, such as Packet Identifier 0.</summary>
    InvalidValue,

    /// <summary>Larger than the limit set for it.</summary>
    TooLarge,

    /// <summary>No such protocol name or version.</summary>
    UnsupportedVersion,

    /// <summary>Well-formed, but not allowed at this point of the conversation.</summary>
    OutOfSequence,
}
