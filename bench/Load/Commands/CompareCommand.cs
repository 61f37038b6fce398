using Edge.Load.Reporting;
using Edge.Load.Scenarios;
using Edge.Load.Servers;

namespace Edge.Load.Commands;

/// <summary>
/// <c>edge-load compare [SCENARIO…] [--gateway PATH]</c>: the same loads against the gateway and its peers, mosquitto or what else the
/// scenario names, each started anew for each run, in turns (A B A B), so that both meet the same moods of the machine.
/// </summary>
internal static class CompareCommand
{
    internal const string DefaultMosquitto = "/usr/sbin/mosquitto";

    internal static int Execute(CommandLine line)
    {
        var scenarios = ScenarioList.Select(line.Names);
        var options = line.LoadOptions;
        var rounds = line.Number("--rounds", 1, 1_000) ?? 3;
        using var directory = new WorkDirectory(line.Text("--work-dir"));
        var mosquitto = new Mosquitto(line.Program("--mosquitto", DefaultMosquitto)!, directory.Location);
        var gateway = line.Program("--gateway") is { } program
            ? new Gateway(program, directory.Location, line.All("--gateway-set"))
            : null;
        var peers = Peers(line, mosquitto, directory.Location);
        if (gateway is null)
        {
            Console.WriteLine("No --gateway: these are figures of its peers alone, and nothing is compared.");
        }

        foreach (var missing in scenarios.SelectMany(scenario => scenario.Peers).Select(peer => peer.Kind).Distinct().Where(kind => !peers.ContainsKey(kind)))
        {
            Console.WriteLine(Absence(missing));
        }

        var table = new ComparisonTable();
        var failures = 0;
        foreach (var scenario in scenarios)
        {
            var ours = new Series();
            var opponents = Opponents(scenario, gateway, peers);
            for (var round = 1; round <= rounds; round++)
            {
                failures += Measure(gateway, scenario, options, round, ours);
                foreach (var opponent in opponents)
                {
                    failures += Measure(opponent.Server, opponent.Scenario, options, round, opponent.Results);
                }
            }

            foreach (var opponent in opponents)
            {
                table.Add(ours, opponent);
            }

            if (opponents.Count == 0)
            {
                table.Add(ours);
            }
        }

        Console.WriteLine();
        Console.WriteLine($"Medians of {rounds} round(s), {Environment.ProcessorCount} cores, load and server together.");
        Console.WriteLine("Pairs are gateway / peer.");
        Console.WriteLine();
        Console.Write(table);
        if (table.Missed > 0)
        {
            Console.WriteLine($"{table.Missed} target(s) missed.");
        }

        if (failures > 0)
        {
            Console.WriteLine($"{failures} run(s) failed and are not in the medians; see above.");
        }

        return failures == 0 ? 0 : 1;
    }

    /// <summary>Whom the gateway meets in a scenario: peers that are there, and perhaps itself under another load.</summary>
    private static List<Opponent> Opponents(Scenario scenario, Gateway? gateway, Dictionary<PeerKind, IServerKind> peers)
    {
        List<Opponent> opponents =
        [
            .. scenario.Peers.Where(peer => peers.ContainsKey(peer.Kind))
                .Select(peer => new Opponent(peers[peer.Kind].Name, peers[peer.Kind], scenario, peer.LeastRatio)),
        ];
        if (gateway is not null && scenario.KeepsUpWith is { } other)
        {
            opponents.Add(new(other.Name, gateway, other, LeastRatio: 1));
        }

        return opponents;
    }

    private static Dictionary<PeerKind, IServerKind> Peers(CommandLine line, Mosquitto mosquitto, string directory)
    {
        var peers = new Dictionary<PeerKind, IServerKind>
        {
            [PeerKind.Mosquitto] = mosquitto,
            [PeerKind.BareReceiver] = new BareReceiver(),
        };
        if (line.Program("--paho-gateway") is { } paho)
        {
            peers[PeerKind.PahoGateway] = new PahoGateway(paho, mosquitto, directory);
        }

        if (line.ProgramIfThere("--libcoap-server", LibCoap.DefaultProgram) is { } libCoap)
        {
            peers[PeerKind.LibCoap] = new LibCoap(libCoap);
        }

        if (line.ProgramIfThere("--libcoap-dtls-server", LibCoap.DefaultDtlsProgram) is { } libCoapDtls)
        {
            peers[PeerKind.LibCoapDtls] = new LibCoap(libCoapDtls, isSecure: true);
        }

        if (line.Text("--npm-coap") is { } installed)
        {
            peers[PeerKind.NpmCoap] = new NpmCoap(Path.GetFullPath(installed));
        }

        return peers;
    }

    private static string Absence(PeerKind kind) => kind switch
    {
        PeerKind.PahoGateway => "The Paho MQTT-SN gateway is missing: name it by --paho-gateway PATH.",
        PeerKind.LibCoap => "libcoap's server is missing: install Debian's libcoap3-bin, or name it by --libcoap-server PATH.",
        PeerKind.LibCoapDtls => "libcoap's server with DTLS is missing: install Debian's libcoap3-bin, or name it by --libcoap-dtls-server PATH.",
        PeerKind.NpmCoap => "npm's coap is missing: have it installed (npm install coap) and name the directory by --npm-coap DIR.",
        _ => $"{kind} is missing.",
    };

    /// <summary>Runs one load, if there is a server for it, and keeps its result; 1 when it failed, else 0.</summary>
    private static int Measure(IServerKind? server, Scenario scenario, LoadOptions options, int round, Series series)
    {
        if (server is null)
        {
            return 0;
        }

        Console.Write($"{scenario.Name} {round} {server.Name}: ");
        try
        {
            var result = server.Measure(scenario, options);
            series.Add(result);
            Console.WriteLine(RoundLine.Of(result));
            return 0;
        }
        catch (LoadException failure)
        {
            Console.WriteLine($"FAILED: {failure.Message}");
            return 1;
        }
    }
}
