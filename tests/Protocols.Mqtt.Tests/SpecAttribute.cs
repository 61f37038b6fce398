namespace Edge.Protocols.Mqtt.Tests;

/// <summary>The statement of a specification that a test shows to be kept, such as <c>MQTT-4.3.3-10</c>, or a section.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
internal sealed class SpecAttribute(string statement) : Attribute
{
    public string Statement { get; } = statement;
}
