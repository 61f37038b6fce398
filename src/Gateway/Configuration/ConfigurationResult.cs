namespace Edge.Gateway.Configuration;

/// <summary>What reading a configuration gave.</summary>
/// <param name="Settings">The settings; null when there are faults.</param>
/// <param name="Faults">Every fault; empty when the configuration is valid.</param>
/// <param name="File">The file that was read, or null when only built-in defaults, environment and command line count.</param>
internal sealed record ConfigurationResult(GatewaySettings? Settings, IReadOnlyList<ConfigurationFault> Faults, string? File);
