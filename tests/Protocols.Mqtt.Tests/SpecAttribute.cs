namespace Edge.Protocols.Mqtt.Tests;

/// <summary>The statement of MQTT 5.0 that a test shows to be kept, such as <c>MQTT-4.3.3-10</c>, or a section; one of an earlier version names that first.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
internal sealed class SpecAttribute(string statement) : Attribute
{
    public string Statement { get; } = statement;
}
