using Edge.Load.Scenarios;

namespace Edge.Load.Servers;

/// <summary>A kind of server that the comparison can start.</summary>
internal interface IServerKind
{
    /// <summary>Its name in tables.</summary>
    string Name { get; }

    /// <summary>Starts one with the settings that its users get, runs a load against it, and stops it.</summary>
    Reporting.LoadResult Measure(Scenario scenario, LoadOptions options);
}
