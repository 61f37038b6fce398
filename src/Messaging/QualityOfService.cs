namespace Edge.Messaging;

/// <summary>Quality of Service of a message on one hop (MQTT 5.0 §4.3).</summary>
public enum QualityOfService : byte
{
    /// <summary>QoS 0: sent once, never repeated, never stored for an absent receiver.</summary>
    AtMostOnce = 0,

    /// <summary>QoS 1: repeated until acknowledged.</summary>
    AtLeastOnce = 1,

    /// <summary>QoS 2: delivered exactly once.</summary>
    ExactlyOnce = 2,
}
