using Edge.Serial.Ports;

namespace Edge.Serial;

/// <summary>How a serial line is, and what went over it since the start.</summary>
public sealed record SerialStatus
{
    /// <summary>Name of the line.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the device is open.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Since when that is so.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>How often it was opened.</summary>
    public long Openings { get; init; }

    /// <summary>Octets received.</summary>
    public long OctetsReceived { get; init; }

    /// <summary>Octets that the driver took.</summary>
    public long OctetsSent { get; init; }

    /// <summary>Frames received whole.</summary>
    public long FramesReceived { get; init; }

    /// <summary>Frames that the driver took whole.</summary>
    public long FramesSent { get; init; }

    /// <summary>Octets received that belong to no frame, and were thrown away.</summary>
    public long OctetsSkipped { get; init; }

    /// <summary>Frames that could not be sent: the device was not there, the line too slow for them, or they were too long.</summary>
    public long FramesNotSent { get; init; }

    /// <summary>Frames that a radio could not deliver, or never said whether it did; 0 where there is none.</summary>
    public long FramesUndelivered { get; init; }

    /// <summary>Lines of text that are no messages; 0 where there are none.</summary>
    public long FramesMalformed { get; init; }

    /// <summary>Messages that the broker refused, or could not take; 0 where frames are not messages.</summary>
    public long FramesRefused { get; init; }

    /// <summary>What the driver counted.</summary>
    public SerialErrors Errors { get; init; }
}
