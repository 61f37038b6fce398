using Edge.Gateway.Fronts;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>First in, first out, however many there are.</summary>
public sealed class ShortQueueTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(5, 3)]
    public void What_comes_first_goes_first(int atOnce, int taken)
    {
        var queue = new ShortQueue<int>();
        var (next, expected) = (0, 0);
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < atOnce; i++)
            {
                queue.Enqueue(next++);
            }

            for (var i = 0; i < taken; i++)
            {
                Assert.True(queue.TryPeek(out var first));
                Assert.Equal(expected++, first);
                queue.Dequeue();
            }

            Assert.Equal(next - expected, queue.Count);
        }
    }

    [Fact]
    public void An_empty_one_has_nothing_to_take()
    {
        var queue = new ShortQueue<int>();
        queue.Dequeue();
        Assert.False(queue.TryPeek(out _));
        queue.Enqueue(7);
        queue.Dequeue();
        Assert.False(queue.TryPeek(out _));
        Assert.Equal(0, queue.Count);
    }
}
