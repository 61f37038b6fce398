namespace Edge.LocalBroker.Access;

/// <summary>Whether something is allowed.</summary>
/// <param name="IsAllowed">Whether it is.</param>
/// <param name="Rule">The rule that says so; null when none fits.</param>
public readonly record struct AccessVerdict(bool IsAllowed, AccessRule? Rule);
