namespace Edge.Protocols.MqttSn.Tests;

/// <summary>Holds <c>docs/protocols/mqtt-sn.md</c> to what there is.</summary>
public sealed class SupportTableTests
{
    private static readonly SupportTable Table = new("mqtt-sn.md");

    private static readonly string?[] Conversations =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Conversations")).Select(Path.GetFileNameWithoutExtension)];

    [Fact]
    public void Every_row_has_a_state_and_is_shown_by_something() => Table.CheckRows();

    [Fact]
    public void What_is_said_to_show_it_exists() => Assert.Empty(Table.Shown.Except(SupportTable.Tests()).Except(Conversations));

    [Fact]
    public void Every_conversation_shows_something() => Assert.Empty(Conversations.Except(Table.Shown));
}
