namespace Edge.Protocols.Coap.SenMl;

/// <summary>Takes a pack of measurements apart (RFC 8428).</summary>
internal static class SenMlPack
{
    /// <summary>Resolves the records of a pack, in the order of their times: all of them, or none.</summary>
    /// <param name="encoding">How the pack is encoded.</param>
    /// <param name="pack">Any octets.</param>
    /// <param name="maxRecords">Most records.</param>
    /// <param name="now">What relative times are relative to.</param>
    /// <param name="records">At least one record.</param>
    /// <param name="why">What is wrong, for the client.</param>
    public static bool TrySplit(
        SenMlEncoding encoding, ReadOnlyMemory<byte> pack, int maxRecords, DateTimeOffset now, out IReadOnlyList<ResolvedRecord> records, out string why)
    {
        records = [];
        if (!encoding.TryRead(pack, maxRecords, out var read, out why) || !SenMlNumber.TryFrom(now.ToUnixTimeMilliseconds(), -3, out var seconds))
        {
            return false;
        }

        var resolver = new SenMlResolver(seconds);
        var all = new List<SenMlRecord>(read.Count);
        for (var i = 0; i < read.Count; i++)
        {
            if (!resolver.TryResolve(read[i], out var resolved, out why))
            {
                why = $"record {i + 1}: {why}";
                return false;
            }

            if (resolved is not null)
            {
                all.Add(resolved);
            }
        }

        why = all.Count == 0 ? "no record has a value" : "";
        records = [.. all
            .OrderBy(record => record[SenMlLabel.Time]!.Number.ToDouble())
            .Select(record => new ResolvedRecord(record[SenMlLabel.Name]!.Text!, encoding.Write(record)))];
        return records.Count > 0;
    }
}
