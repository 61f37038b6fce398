using System.Globalization;
using System.Net;

namespace Edge.Load.Reporting;

/// <summary>What Linux says of a UDP socket of this machine (<c>/proc/net/udp</c>).</summary>
/// <param name="Octets">What waits to be received, overhead included.</param>
/// <param name="Dropped">Datagrams that found its buffer full.</param>
internal sealed record ReceiveQueue(long Octets, long Dropped)
{
    private const string Path = "/proc/net/udp";

    internal static ReceiveQueue Read(IPEndPoint server)
    {
        // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode ref pointer drops
        var port = $":{server.Port:X4}";
        foreach (var line in File.ReadLines(Path).Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields[1].EndsWith(port, StringComparison.Ordinal))
            {
                var queues = fields[4].Split(':');
                return new(long.Parse(queues[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(fields[^1], CultureInfo.InvariantCulture));
            }
        }

        throw new LoadException($"{Path} does not know {server}: what a socket elsewhere drops cannot be counted.");
    }
}
