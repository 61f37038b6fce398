namespace Edge.Load.Reporting;

/// <summary>What a load cost from its first message to its last.</summary>
/// <param name="Elapsed">Time from the first message to the last one that arrived.</param>
/// <param name="GeneratorCpu">CPU time of this program: near <paramref name="Elapsed"/>, the generator was the bottleneck.</param>
/// <param name="Server">CPU time and octets written during the load, and memory at its end; null for a process elsewhere.</param>
internal sealed record LoadCost(TimeSpan Elapsed, TimeSpan GeneratorCpu, ProcessUsage? Server);
