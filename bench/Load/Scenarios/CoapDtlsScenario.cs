using Edge.Load.Dtls;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>
/// DTLS 1.2 handshakes with a pre-shared key (TLS_PSK_WITH_AES_128_CCM_8), 64 under way, until 5,000 associations are held (unless told); then each
/// posts one message, and what the server's memory has grown by is theirs. The clients are OpenSSL's, in this program.
/// </summary>
internal sealed class CoapDtlsScenario() : Scenario("coap-dtls", "DTLS handshakes per second with a pre-shared key, memory of each of 5,000 associations")
{
    private const int UnderWay = 64;

    internal override Front Front => Front.Coaps;

    internal override IReadOnlyList<Peer> Peers => [new(PeerKind.LibCoapDtls)];

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var count = options.Connections ?? 5_000;
        using var loop = new EventLoop();
        using var key = new PreSharedKey();
        var before = IdleScenario.Resident(loop, target);
        var clients = new List<DtlsClient>(count);
        using var retransmissions = new Metronome(loop, 20, _ => clients.ForEach(client => client.Retransmit()));
        try
        {
            var meter = new LoadMeter(target);
            Pass(loop, count, index => clients.Add(new(loop, target.Server, key, index + 1)), index => clients[index].IsEstablished);
            meter.Note(count);
            var (cost, rate) = (meter.Cost(), meter.Rate(count));

            var established = IdleScenario.Resident(loop, target);
            Pass(loop, count, index => clients[index].Post(), index => clients[index].IsIdle);
            var used = IdleScenario.Resident(loop, target);
            return new()
            {
                Figures =
                [
                    new(Name, rate, "handshakes/s") { Goal = 300 },
                    new($"{Name} each", (established - before) / (double)count, "KiB", MoreIsBetter: false) { Goal = 24 },
                    new($"{Name} each used", (used - before) / (double)count, "KiB", MoreIsBetter: false) { Goal = 24 },
                    new($"{Name} {count}", used / 1024.0, "MiB", MoreIsBetter: false),
                ],
                Cost = cost,
                Expected = count,
            };
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>Begins something with each client, a bounded number under way, until it has ended with all.</summary>
    private static void Pass(EventLoop loop, int count, Action<int> begin, Func<int, bool> hasEnded)
    {
        var (begun, oldest) = (0, 0);
        while (oldest < count)
        {
            if (begun < count && begun - oldest < UnderWay)
            {
                begin(begun++);
                continue;
            }

            if (!loop.RunUntil(() => hasEnded(oldest), SetUpLimit))
            {
                throw new LoadException($"Only {oldest} of {count} DTLS clients were served in time.");
            }

            while (oldest < begun && hasEnded(oldest))
            {
                oldest++;
            }
        }
    }
}
