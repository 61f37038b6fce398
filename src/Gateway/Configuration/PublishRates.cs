namespace Edge.Gateway.Configuration;

/// <summary>How fast may be published.</summary>
/// <param name="Messages">Messages.</param>
/// <param name="Octets">Octets of them: topic, payload and properties.</param>
internal readonly record struct PublishRates(Rate Messages, Rate Octets);
