using System.Runtime.InteropServices;
using Edge.Load;
using Edge.Load.Commands;
using Edge.Load.Net;
using Edge.Load.Scenarios;

// Leaving by Environment.Exit stops the servers that were started and removes their files.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Environment.Exit(130));
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Environment.Exit(143));

try
{
    Libc.RaiseDescriptorLimit();
    return args switch
    {
        ["run", ..] => RunCommand.Execute(new(args.AsSpan(1))),
        ["compare", ..] => CompareCommand.Execute(new(args.AsSpan(1))),
        ["forward", ..] => ForwardCommand.Execute(new(args.AsSpan(1))),
        ["receive", ..] => ReceiveCommand.Execute(new(args.AsSpan(1))),
        _ => Help(),
    };
}
catch (UsageException wrong)
{
    Console.Error.WriteLine($"{wrong.Message} See edge-load help.");
    return 2;
}
catch (LoadException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
catch (Exception)
{
    // A fault in this program. Catching it here, only to throw it on, unwinds the stack, which stops the servers.
    throw;
}

static int Help()
{
    Console.WriteLine("""
        edge-load compare [SCENARIO…] [--gateway PATH] [--gateway-set KEY=VALUE]… [--mosquitto PATH] [--paho-gateway PATH]
                          [--libcoap-server PATH] [--libcoap-dtls-server PATH] [--npm-coap DIR] [--rounds N] [--work-dir DIR]
        edge-load forward --gateway PATH [--gateway-set KEY=VALUE]… [--mosquitto PATH] [--work-dir DIR]
        edge-load run SCENARIO… --port PORT [--mqtt-port PORT] [--host HOST] [--pid PID]
        edge-load receive --port PORT

        Size of a load: --messages N  --payload OCTETS  --inflight N  --pairs N  --subscribers N  --clients N  --connections N
                        --rate N  --qos 0|1|2  --protocol 3.1.1|5.0  --short-topics

        Scenarios (the first part of a name stands for all that begin with it; none stands for all):
        """);
    foreach (var scenario in ScenarioList.All)
    {
        Console.WriteLine($"  {scenario.Name,-22} {scenario.Summary}");
    }

    return 0;
}
