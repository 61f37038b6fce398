namespace Edge.Transports.Tests;

/// <summary>Whatever is written and let go in whatever portions, what is there is what a list would hold.</summary>
public sealed class OctetsTests
{
    [Theory, InlineData(100), InlineData(5_000), InlineData(200_000)]
    public void It_holds_what_was_added_and_not_yet_let_go(int largest)
    {
        var random = new Random(largest);
        Octets octets = default;
        List<byte> expected = [];
        for (var step = 0; step < 2_000; step++)
        {
            var added = new byte[random.Next(largest)];
            random.NextBytes(added);
            var room = octets.Room(Math.Max(1, random.Next(added.Length)));
            var fits = Math.Min(room.Length, added.Length);
            added.AsSpan(0, fits).CopyTo(room);
            octets.Add(fits);
            expected.AddRange(added.AsSpan(0, fits));

            var kept = random.Next(3) switch { 0 => 0, 1 => Math.Min(expected.Count, random.Next(16)), _ => random.Next(expected.Count + 1) };
            octets.KeepLast(kept);
            expected.RemoveRange(0, expected.Count - kept);

            Assert.Equal(expected.Count, octets.Count);
            Assert.True(octets.Written.SequenceEqual(expected.ToArray()));
            Assert.Equal(expected.Count, octets.ToSequence().Length);
        }
    }

    [Fact]
    public void Empty_it_has_no_octets()
    {
        Octets octets = default;
        octets.Room(10);
        octets.KeepLast(0);

        Assert.True(octets.Written.IsEmpty);
        Assert.True(octets.ToSequence().IsEmpty);
    }
}
