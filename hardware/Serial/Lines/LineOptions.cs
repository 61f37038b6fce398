using Edge.Messaging;
using Edge.Serial.Ports;

namespace Edge.Serial.Lines;

/// <summary>A serial line on which devices say one message a line.</summary>
public sealed record LineOptions
{
    /// <summary>What stands in <see cref="Topic"/> for the topic that a JSON line names.</summary>
    public const string TopicPlace = "${topic}";

    /// <summary>Name of the line.</summary>
    public required string Name { get; init; }

    /// <summary>The device.</summary>
    public required SerialPortOptions Port { get; init; }

    /// <summary>Where messages are published; with <see cref="TopicPlace"/> only where lines name topics.</summary>
    public required string Topic { get; init; }

    /// <summary>What lines are.</summary>
    public LineFormat Format { get; init; }

    /// <summary>Octets of the longest line; a longer one is dropped and counted. 1 to 65,535.</summary>
    public int Largest { get; init; } = 1_024;

    /// <summary>QoS at which messages are published, unless a line says otherwise.</summary>
    public QualityOfService Qos { get; init; } = QualityOfService.AtLeastOnce;

    /// <summary>Whether they are retained, unless a line says otherwise.</summary>
    public bool Retain { get; init; }
}
