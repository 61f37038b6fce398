namespace Edge.Serial.XBee;

/// <summary>The first octet of frame data. Frames of other types are passed over.</summary>
internal enum XBeeFrameType : byte
{
    /// <summary>TX Request to a 64-bit address, of 802.15.4 radios.</summary>
    Transmit64 = 0x00,

    /// <summary>TX Request to a 16-bit address, of 802.15.4 radios.</summary>
    Transmit16 = 0x01,

    /// <summary>AT Command.</summary>
    AtCommand = 0x08,

    /// <summary>Transmit Request.</summary>
    Transmit = 0x10,

    /// <summary>RX Packet from a 64-bit address, of 802.15.4 radios.</summary>
    Receive64 = 0x80,

    /// <summary>RX Packet from a 16-bit address, of 802.15.4 radios.</summary>
    Receive16 = 0x81,

    /// <summary>AT Command Response.</summary>
    AtResponse = 0x88,

    /// <summary>TX Status, of 802.15.4 radios.</summary>
    Status802 = 0x89,

    /// <summary>Modem Status.</summary>
    ModemStatus = 0x8A,

    /// <summary>Extended Transmit Status.</summary>
    TransmitStatus = 0x8B,

    /// <summary>Receive Packet.</summary>
    Receive = 0x90,
}
