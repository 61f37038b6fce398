using Edge.Messaging;
using Edge.Serial;
using Edge.Serial.Lines;
using Edge.Serial.Ports;
using Edge.Serial.XBee;

namespace Edge.Gateway.Configuration;

/// <summary>One serial line. What is null was not given, and is not for every protocol.</summary>
internal sealed record SerialSettings
{
    /// <summary>What stands in <see cref="Topic"/> for the name of the line.</summary>
    public const string NamePlace = "${name}";

    private const int DefaultMaxFrame = 255;
    private const int DefaultMaxLine = 1_024;

    /// <summary>Name; unique.</summary>
    public string Name { get; init; } = "";

    /// <summary>The device.</summary>
    public SerialPortOptions Port { get; init; } = new() { Device = "" };

    /// <summary>What is spoken.</summary>
    public SerialProtocol Protocol { get; init; }

    /// <summary>How MQTT-SN messages are told apart.</summary>
    public SerialFraming? Framing { get; init; }

    /// <summary>The setting AP of the XBee radio.</summary>
    public XBeeApiMode? ApiMode { get; init; }

    /// <summary>Octets of the longest message or line.</summary>
    public int? MaxFrame { get; init; }

    /// <summary>What lines are.</summary>
    public LineFormat? Format { get; init; }

    /// <summary>Where lines are published; the gateway's name is in place.</summary>
    public string? Topic { get; init; }

    /// <summary>QoS at which lines are published.</summary>
    public QualityOfService? Qos { get; init; }

    /// <summary>Whether what lines say is retained.</summary>
    public bool? Retain { get; init; }

    /// <summary>Octets of the longest message or line.</summary>
    public int Largest => MaxFrame ?? (Protocol == SerialProtocol.Lines ? DefaultMaxLine : DefaultMaxFrame);

    /// <summary>The line as one on which devices say one message a line.</summary>
    public LineOptions ToLine() => new()
    {
        Name = Name,
        Port = Port,
        Topic = (Topic ?? "serial/" + NamePlace).Replace(NamePlace, Name, StringComparison.Ordinal),
        Format = Format ?? LineFormat.Plain,
        Largest = Largest,
        Qos = Qos ?? QualityOfService.AtLeastOnce,
        Retain = Retain ?? false,
    };
}
