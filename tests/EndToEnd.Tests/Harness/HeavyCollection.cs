namespace Edge.EndToEnd.Tests.Harness;

/// <summary>Tests that load or measure the machine: one at a time, and none beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeavyCollection
{
    public const string Name = "heavy";
}
