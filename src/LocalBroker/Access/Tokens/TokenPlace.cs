namespace Edge.LocalBroker.Access.Tokens;

/// <summary>Where in CONNECT a client gives its token.</summary>
public enum TokenPlace
{
    /// <summary>In the place of the password.</summary>
    Password = 0,

    /// <summary>In the place of the user name.</summary>
    UserName,
}
