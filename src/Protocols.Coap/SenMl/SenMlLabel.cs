namespace Edge.Protocols.Coap.SenMl;

/// <summary>Fields of a record (RFC 8428 §4.3, RFC 9193), in the order in which they are written.</summary>
internal enum SenMlLabel : byte
{
    BaseVersion,
    BaseName,
    BaseTime,
    BaseUnit,
    BaseValue,
    BaseSum,
    BaseContentFormat,
    Name,
    Unit,
    Time,
    Value,
    StringValue,
    BooleanValue,
    DataValue,
    Sum,
    UpdateTime,
    ContentFormat,
}
