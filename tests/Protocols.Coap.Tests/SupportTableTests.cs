namespace Edge.Protocols.Coap.Tests;

/// <summary>Holds <c>docs/protocols/coap.md</c> to what there is.</summary>
public sealed class SupportTableTests
{
    private static readonly SupportTable Table = new("coap.md");

    [Fact]
    public void Every_row_has_a_state_and_is_shown_by_something() => Table.CheckRows();

    [Fact]
    public void What_is_said_to_show_it_exists() => Assert.Empty(Table.Shown.Except(SupportTable.Tests()).Except(Conversation.NamesIn(Telling.Folder)));

    [Fact]
    public void Every_conversation_shows_something() => Assert.Empty(Conversation.NamesIn(Telling.Folder).Except(Table.Shown));
}
