namespace Edge.Gateway.Configuration;

/// <summary>Collects every fault while a configuration is read, and remembers where each key was written.</summary>
internal sealed class ConfigurationReport(SettingOrigin defaults)
{
    private readonly List<ConfigurationFault> _faults = [];
    private readonly Dictionary<string, SettingOrigin> _origins = [];

    /// <summary>Every fault, in the order of the file's lines, then those from elsewhere.</summary>
    public IReadOnlyList<ConfigurationFault> Faults => [.. _faults.OrderBy(fault => fault.Origin.IsOverride ? int.MaxValue : fault.Origin.Line)];

    /// <summary>Remembers where a key was written.</summary>
    public void Remember(string key, SettingOrigin origin) => _origins[key] = origin;

    /// <summary>Whether a key was written at all.</summary>
    public bool IsGiven(string key) => _origins.ContainsKey(key);

    /// <summary>Adds a fault at a place.</summary>
    public void Add(SettingOrigin origin, string key, string problem) => _faults.Add(new ConfigurationFault(origin, key, problem));

    /// <summary>Adds a fault where the key, or the nearest table around it, was written.</summary>
    public void Add(string key, string problem)
    {
        var place = key;
        while (!_origins.ContainsKey(place) && place.LastIndexOf('.') is > 0 and var dot)
        {
            place = place[..dot];
        }

        Add(_origins.GetValueOrDefault(place, defaults), key, problem);
    }
}
