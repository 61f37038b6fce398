namespace Edge.Messaging;

/// <summary>How an <see cref="IAuthenticationExchange"/> stands after a step.</summary>
public enum AuthenticationOutcome
{
    /// <summary>The client did not prove who it is.</summary>
    Refused = 0,

    /// <summary>The client is to answer what it is told.</summary>
    Continue,

    /// <summary>The client proved who it is.</summary>
    Success,

    /// <summary>The method is not offered.</summary>
    MethodUnknown,

    /// <summary>The gateway is stopping or has too much to do.</summary>
    Unavailable,
}
