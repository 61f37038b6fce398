namespace Edge.LocalBroker.Tests.Support;

/// <summary>Tests that run while no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
