namespace Edge.EndToEnd.Tests.Harness;

/// <summary>An MQTT-SN exchange that did not end well: no answer, a DISCONNECT, or a ReturnCode other than accepted.</summary>
internal sealed class SnException(string message) : Exception(message);
