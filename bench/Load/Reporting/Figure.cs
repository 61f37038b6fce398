namespace Edge.Load.Reporting;

/// <summary>One measured number of a scenario.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="MoreIsBetter">True for rates, false for times and sizes.</param>
internal sealed record Figure(string Name, double Value, string Unit, bool MoreIsBetter = true)
{
    /// <summary>What the gateway has to reach, or not to exceed; null where nothing is asked for.</summary>
    internal double? Goal { get; init; }
}
