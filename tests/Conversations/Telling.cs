using System.Globalization;

namespace Edge.Testing;

/// <summary>Tells conversations to peers.</summary>
internal static class Telling
{
    /// <summary>Where the conversations of the project under test are.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Conversations");

    /// <summary>Plays one, and asserts that what comes back is what it names, and no more.</summary>
    public static void Tell<TReply>(this TinyFront<TReply> front, string name)
    {
        var conversation = Conversation.Open(Folder, name);
        foreach (var line in conversation.Lines)
        {
            if (line.Kind == Conversation.Kind.Hear)
            {
                var frame = front.Hear(line.Node);
                Assert.True(frame is not null, $"{line.Where}: nothing came");
                Assert.True(conversation.Matches(line, frame), $"{line.Where}: expected {line.Text}, but {Hex.Of(frame)} came");
                continue;
            }

            AssertSilence(front, line.Where);
            if (line.Kind == Conversation.Kind.Say)
            {
                front.Say(line.Node, conversation.Spell(line));
            }
            else
            {
                front.Wait(TimeSpan.FromSeconds(int.Parse(line.Text, CultureInfo.InvariantCulture)));
            }
        }

        AssertSilence(front, $"the end of {name}");
    }

    private static void AssertSilence<TReply>(TinyFront<TReply> front, string where) =>
        Assert.True(!front.Unheard.Any(), $"before {where} came {string.Join(", ", front.Unheard.Select(node => $"{node}< {Hex.Of(front.Hear(node))}"))}");
}
