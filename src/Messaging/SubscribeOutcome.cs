namespace Edge.Messaging;

/// <summary>The broker's answer to one subscription.</summary>
public enum SubscribeOutcome
{
    /// <summary>Granted at QoS 0.</summary>
    GrantedQos0 = 0,

    /// <summary>Granted at QoS 1.</summary>
    GrantedQos1 = 1,

    /// <summary>Granted at QoS 2.</summary>
    GrantedQos2 = 2,

    /// <summary>The client may not subscribe to this filter.</summary>
    NotAuthorized,

    /// <summary>The filter has more levels than <c>mqtt.max_topic_levels</c> allows, or a form the broker does not take.</summary>
    FilterInvalid,

    /// <summary>A limit on subscriptions is reached, or another client has the filter exclusively.</summary>
    QuotaExceeded,

    /// <summary>Refused, and the client is not told why.</summary>
    Unspecified,
}
