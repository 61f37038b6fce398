using Edge.Protocols.Coap.Reliability;

namespace Edge.Protocols.Coap.Tests.Reliability;

/// <summary>Copies are told from new messages, and answered the same (RFC 7252 §4.5).</summary>
public sealed class MessageIdCacheTests
{
    private readonly MessageIdCache _cache = new(4);

    [Fact]
    public void A_copy_is_known_and_gets_the_answer_of_the_first()
    {
        Assert.True(_cache.TryAdd(7, out _));
        Assert.False(_cache.TryAdd(7, out var early));
        Assert.Null(early);

        _cache.SetAnswer(7, [1, 2]);

        Assert.False(_cache.TryAdd(7, out var answer));
        Assert.Equal([1, 2], answer);
        Assert.True(_cache.TryAdd(8, out _));
    }

    [Fact]
    public void A_Message_ID_is_kept_for_one_lifetime_at_least_and_for_two_at_most()
    {
        _cache.TryAdd(7, out _);
        _cache.Turn();
        _cache.SetAnswer(7, [1]);
        Assert.False(_cache.TryAdd(7, out var answer));
        Assert.Equal([1], answer);

        _cache.Turn();

        Assert.True(_cache.TryAdd(7, out _));
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void Who_uses_too_many_at_a_time_has_the_oldest_forgotten_and_not_the_newest()
    {
        for (ushort id = 0; id < 100; id++)
        {
            Assert.True(_cache.TryAdd(id, out _));
            Assert.InRange(_cache.Count, 1, 8);
        }

        Assert.All([96, 97, 98, 99], id => Assert.False(_cache.TryAdd((ushort)id, out _)));
    }

    [Fact]
    public void An_answer_to_what_is_forgotten_is_not_kept()
    {
        _cache.SetAnswer(9, [1]);

        Assert.Equal(0, _cache.Count);
    }
}
