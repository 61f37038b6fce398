using CsCheck;
using Edge.Protocols.MqttSn.Tests.Procedures;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn.Tests.Topics;

public sealed class TopicIdRegistryTests
{
    private static readonly KnownTopics Nothing = Node.Known();

    [Fact]
    public void Any_names_get_ids_of_their_own_that_are_neither_reserved_nor_predefined() =>
        Gen.Select(Gen.String[Gen.Char['a', 'f'], 1, 4].Array[1, 200], Gen.UShort[1, 0xFFFE].HashSet[0, 50]).Sample((names, predefined) =>
        {
            var known = Node.Known([.. predefined.Select(id => (id, $"known/{id}"))]);
            var registry = new TopicIdRegistry(known, capacity: 500);
            var ids = new Dictionary<string, ushort>();
            foreach (var name in names)
            {
                var id = registry.Assign(Node.Name(name));
                Assert.True(ids.TryAdd(name, id) || ids[name] == id);
            }

            Assert.Equal(ids.Count, ids.Values.Distinct().Count());
            Assert.DoesNotContain(ids.Values, id => id is 0 or 0xFFFF || predefined.Contains(id));
            Assert.All(ids, entry => Assert.True(registry.TryGetName(entry.Value, out var name) && name == Node.Name(entry.Key)));
        }, iter: 1_000);

    [Fact]
    public void A_name_has_the_same_id_in_every_registry()
    {
        var one = new TopicIdRegistry(Nothing, capacity: 10);
        var other = new TopicIdRegistry(Nothing, capacity: 10);
        other.Assign(Node.Name("first"));

        Assert.Equal(one.Assign(Node.Name("plant/1")), other.Assign(Node.Name("plant/1")));
        Assert.Equal(0xEADE, new TopicIdRegistry(Nothing, capacity: 10).Assign(Node.Name("a/b")));
    }

    [Fact]
    public void Every_id_can_be_given_away_and_then_the_oldest_gives_way()
    {
        var known = Node.Known((77, "known"));
        var registry = new TopicIdRegistry(known, capacity: int.MaxValue);
        var ids = Enumerable.Range(0, 0xFFFD).Select(i => registry.Assign(Node.Name($"t/{i}"))).ToHashSet();
        Assert.Equal(0xFFFD, ids.Count);
        Assert.DoesNotContain((ushort)77, ids);

        Assert.True(registry.TryGetName(registry.Assign(Node.Name("t/0")), out _));
        var recycled = registry.Assign(Node.Name("one more"));

        Assert.Equal(0xFFFD, registry.Count);
        Assert.True(registry.TryGetName(recycled, out var name) && name == Node.Name("one more"));
        Assert.True(registry.Contains(Node.Name("t/0")));
        Assert.False(registry.Contains(Node.Name("t/1")));
    }

    [Fact]
    public void An_id_is_confirmed_until_it_is_doubted()
    {
        var registry = new TopicIdRegistry(Nothing, capacity: 10);
        var id = registry.Assign(Node.Name("a"));
        Assert.False(registry.TryGetConfirmedId(Node.Name("a"), out _));

        registry.SetConfirmed(id, isConfirmed: true);
        Assert.True(registry.TryGetConfirmedId(Node.Name("a"), out var confirmed));
        Assert.Equal(id, confirmed);

        registry.DoubtAll();
        Assert.False(registry.TryGetConfirmedId(Node.Name("a"), out _));
        Assert.True(registry.TryGetName(id, out _));
    }

    [Fact]
    public void What_is_restored_is_as_it_was_and_gives_way_in_the_same_order()
    {
        var before = new TopicIdRegistry(Nothing, capacity: 3);
        var ids = new[] { "a", "b", "c" }.ToDictionary(name => name, name => before.Assign(Node.Name(name)));
        Assert.True(before.TryGetName(ids["a"], out _));

        var after = new TopicIdRegistry(Nothing, capacity: 3);
        after.Restore(before.InOrderOfUse());

        Assert.Equal(before.InOrderOfUse(), after.InOrderOfUse());
        Assert.True(after.TryGetConfirmedId(Node.Name("c"), out var id) && id == ids["c"]);
        after.Assign(Node.Name("d"));
        Assert.False(after.Contains(Node.Name("b")));
        Assert.True(after.Contains(Node.Name("a")));
    }

    [Fact]
    public void What_cannot_be_restored_any_more_is_left_out()
    {
        var known = Node.Known((7, "known"));
        var registry = new TopicIdRegistry(known, capacity: 2);

        registry.Restore([(0, Node.Name("a")), (0xFFFF, Node.Name("b")), (7, Node.Name("c")), (8, Node.Name("d")), (8, Node.Name("e")), (9, Node.Name("d")), (10, Node.Name("f")), (11, Node.Name("g"))]);

        Assert.Equal([((ushort)8, Node.Name("d")), ((ushort)10, Node.Name("f"))], registry.InOrderOfUse());
    }

    [Fact]
    public void No_room_at_all_is_refused_at_once() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopicIdRegistry(Nothing, capacity: 0));
}
