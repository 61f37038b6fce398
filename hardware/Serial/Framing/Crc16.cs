namespace Edge.Serial.Framing;

/// <summary>CRC-16/CCITT-FALSE: polynomial 0x1021, begins with 0xFFFF, not reflected. Of the text “123456789” it is 0x29B1.</summary>
internal static class Crc16
{
    private static readonly ushort[] Table = MakeTable();

    public static ushort Of(ReadOnlySpan<byte> octets)
    {
        ushort crc = 0xFFFF;
        foreach (var octet in octets)
        {
            crc = (ushort)((crc << 8) ^ Table[(crc >> 8) ^ octet]);
        }

        return crc;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (ushort)(i << 8);
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (ushort)((crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021 : 0));
            }

            table[i] = crc;
        }

        return table;
    }
}
