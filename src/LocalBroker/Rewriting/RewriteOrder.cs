namespace Edge.LocalBroker.Rewriting;

/// <summary>Which of several <see cref="RewriteRule"/>s with a matching source decides.</summary>
public enum RewriteOrder
{
    /// <summary>The last, as with EMQX.</summary>
    Last = 0,

    /// <summary>The first.</summary>
    First,
}
