using CsCheck;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Reliability;

namespace Edge.Protocols.Coap.Tests.Reliability;

/// <summary>Copies are told from new messages, and answered the same (RFC 7252 §4.5).</summary>
public sealed class MessageIdCacheTests
{
    private static readonly SentAnswer Answer = new(CoapCode.Content, [1, 2]);

    private readonly MessageIdCache _cache = new(4);

    [Fact]
    public void A_copy_is_known_and_gets_the_answer_of_the_first()
    {
        Assert.True(_cache.TryAdd(7, out _));
        Assert.False(_cache.TryAdd(7, out var early));
        Assert.True(early.IsNone);

        _cache.SetAnswer(7, Answer);

        Assert.False(_cache.TryAdd(7, out var answer));
        Assert.Equal(Answer, answer);
        Assert.True(_cache.TryAdd(8, out _));
    }

    [Fact]
    public void A_message_that_may_be_done_again_is_forgotten()
    {
        _cache.TryAdd(7, out _);
        _cache.Forget(7);

        Assert.True(_cache.TryAdd(7, out _));
    }

    [Fact]
    public void A_Message_ID_is_kept_for_one_lifetime_at_least_and_for_two_at_most()
    {
        _cache.TryAdd(7, out _);
        _cache.Turn();
        _cache.SetAnswer(7, Answer);
        Assert.False(_cache.TryAdd(7, out var answer));
        Assert.Equal(Answer, answer);

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
            Assert.InRange(_cache.Count, 1, 4);
        }

        Assert.All([96, 97, 98, 99], id => Assert.False(_cache.TryAdd((ushort)id, out _)));
    }

    [Fact]
    public void Whatever_happens_the_latest_are_known_with_their_answers_and_nothing_that_is_two_turns_old() => Gen.Int[0, 9].Array[1, 200].Sample(steps =>
    {
        var cache = new MessageIdCache(20);
        var known = new List<(ushort Id, int Turn, SentAnswer Answer)>();
        var turn = 0;
        foreach (var (step, what) in steps.Index())
        {
            var id = (ushort)(what == 9 ? step / 3 : step);
            if (what == 0)
            {
                cache.Turn();
                turn++;
                known.RemoveAll(one => one.Turn <= turn - 2);
                continue;
            }

            var isNew = cache.TryAdd(id, out var answer);
            var index = known.FindIndex(one => one.Id == id);
            Assert.Equal(index < 0, isNew);
            Assert.Equal(index < 0 ? default : known[index].Answer, answer);
            if (isNew)
            {
                answer = new SentAnswer(CoapCode.Changed, what % 2 == 0 ? [(byte)step] : null);
                cache.SetAnswer(id, answer);
                known.Add((id, turn, answer));
                known.RemoveRange(0, Math.Max(0, known.Count - 20));
            }

            Assert.Equal(known.Count, cache.Count);
        }
    });

    [Fact]
    public void An_answer_to_what_is_forgotten_is_not_kept()
    {
        _cache.SetAnswer(9, Answer);

        Assert.Equal(0, _cache.Count);
    }
}
