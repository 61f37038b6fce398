using System.Globalization;

namespace Edge.Load.Commands;

/// <summary>Arguments of a command, taken apart: names that stand alone, and options with their values.</summary>
internal sealed class CommandLine
{
    private static readonly HashSet<string> Valued =
    [
        "--host", "--port", "--mqtt-port", "--pid", "--gateway", "--gateway-set", "--mosquitto", "--paho-gateway", "--libcoap-server",
        "--libcoap-dtls-server", "--npm-coap", "--rounds", "--work-dir", "--qos",
        "--messages", "--payload", "--inflight", "--pairs", "--subscribers", "--clients", "--connections", "--rate", "--protocol",
    ];

    private static readonly HashSet<string> Flags = ["--short-topics"];

    private readonly Dictionary<string, List<string>> _options = [];

    /// <summary>Takes arguments apart; what is unknown is an <see cref="UsageException"/>.</summary>
    internal CommandLine(ReadOnlySpan<string> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i];
            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                Names.Add(name);
            }
            else if (Flags.Contains(name))
            {
                _options[name] = [];
            }
            else if (!Valued.Contains(name))
            {
                throw new UsageException($"There is no option {name}.");
            }
            else if (++i == arguments.Length)
            {
                throw new UsageException($"{name} needs a value.");
            }
            else
            {
                _options.TryAdd(name, []);
                _options[name].Add(arguments[i]);
            }
        }
    }

    /// <summary>Arguments that are not options.</summary>
    internal List<string> Names { get; } = [];

    /// <summary>The sizes of a load.</summary>
    internal LoadOptions LoadOptions
    {
        get
        {
            var defaults = new LoadOptions();
            return new()
            {
                Messages = Number("--messages", 1, 100_000_000),
                Payload = Number("--payload", Mqtt.PublishTemplate.StampSize, 128 * 1024) ?? defaults.Payload,
                Inflight = Number("--inflight", 1, ushort.MaxValue) ?? defaults.Inflight,
                Qos = Number("--qos", 0, 2) ?? defaults.Qos,
                Pairs = Number("--pairs", 1, 10_000),
                Subscribers = Number("--subscribers", 1, 10_000) ?? defaults.Subscribers,
                Clients = Number("--clients", 1, 16_384),
                Connections = Number("--connections", 1, 60_000),
                Rate = Number("--rate", 1, 100_000),
                Version = Text("--protocol") switch
                {
                    null or "3.1.1" => 4,
                    "5.0" or "5" => 5,
                    var other => throw new UsageException($"--protocol {other}: it is 3.1.1 or 5.0."),
                },
                ShortTopics = _options.ContainsKey("--short-topics"),
            };
        }
    }

    /// <summary>An option's value, the last one if it was given more than once.</summary>
    internal string? Text(string option) => _options.TryGetValue(option, out var values) ? values[^1] : null;

    /// <summary>The full path of a program that an option names; null when neither option nor default names one.</summary>
    internal string? Program(string option, string? otherwise = null) => (Text(option) ?? otherwise) switch
    {
        null => null,
        var path when File.Exists(path) => Path.GetFullPath(path),
        var path => throw new UsageException($"{option}: there is no program {path}."),
    };

    /// <summary>The full path of a program that is used if it is there; one that an option names has to be.</summary>
    internal string? ProgramIfThere(string option, string otherwise) =>
        Text(option) is null && !File.Exists(otherwise) ? null : Program(option, otherwise);

    /// <summary>All values of an option that may be repeated.</summary>
    internal IReadOnlyList<string> All(string option) => _options.TryGetValue(option, out var values) ? values : [];

    /// <summary>An option's value as a number within bounds.</summary>
    internal int? Number(string option, int least, int most) => Text(option) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most => value,
        var text => throw new UsageException($"{option} {text}: it is a number from {least} to {most}."),
    };
}
