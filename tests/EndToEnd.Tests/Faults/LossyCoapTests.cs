using System.Globalization;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>
/// Many CoAP devices, half of which publish what the others observe, on a link that loses a tenth of all datagrams, doubles and reorders others; the gateway is
/// killed. <c>EDGE_E2E_AIR=1000</c> plays it with so many devices.
/// </summary>
[Collection(HeavyCollection.Name)]
public sealed class LossyCoapTests : EndToEndTest
{
    private const int MessagesEach = 6;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>How often the gateway was killed or started: what happens at one value of it happens in one life of the gateway.</summary>
    private int _life;

    private static int Pairs { get; } = int.Parse(Environment.GetEnvironmentVariable("EDGE_E2E_AIR") ?? "100", CultureInfo.InvariantCulture) / 2;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task What_was_answered_reaches_an_MQTT_client_over_kills_once_in_each_life_and_observers_end_with_the_last_value(int kills)
    {
        // So many retries that none of those who observe is ever taken for gone.
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["""coap.ack_timeout = "100ms" """, "coap.max_retransmit = 10"] });
        var subscriber = Own(new DurableMqttClient("subscriber", gateway.MqttPort, ("air/#", 2)));
        await subscriber.StartAsync();
        var devices = Enumerable.Range(0, 2 * Pairs).Select(number => Own(new CoapDevice(gateway.CoapPort, number))).ToArray();
        var (publishers, observers) = (devices[..Pairs], devices[Pairs..]);
        var answered = new Journal<Answered>();
        await ObserveAllAsync(observers);
        var publishing = publishers.Select((publisher, number) => PublishAllAsync(publisher, number, answered)).ToArray();

        for (var kill = 1; kill <= kills; kill++)
        {
            await answered.CountAsync(Pairs * MessagesEach * kill / (kills + 1), "answer", Limit);
            Interlocked.Increment(ref _life);
            await gateway.KillAsync();
            Array.ForEach(devices, device => device.ForgetAir());
            await gateway.StartAsync();
            Interlocked.Increment(ref _life);
            await ObserveAllAsync(observers);
        }

        await Task.WhenAll(publishing).OrFailAsync("The last answer", Limit);
        var wanted = answered.ToArray();
        await subscriber.Received.WhenAsync(received => received.DistinctBy(message => message.Text).Count() >= wanted.Length, "what was answered", Limit);
        await Task.WhenAll(observers.Select((observer, number) => observer.Values.WhenAsync(values => values is [.., var last] && last == Text(number, MessagesEach - 1), "the last value", Limit)));

        var counts = subscriber.Received.ToArray().CountBy(message => message.Text).ToDictionary();
        Assert.Equal(Pairs * MessagesEach, wanted.Length);
        Assert.Equal(wanted.Select(answer => answer.Text).Order(), counts.Keys.Order());
        var once = wanted.Where(answer => answer.IsOfOneLife && (kills == 0 || IsAtQos2(answer.Text))).ToArray();
        Assert.InRange(once.Length, wanted.Length / 5, wanted.Length);
        Assert.All(once, answer => Assert.Equal((answer.Text, 1), (answer.Text, counts[answer.Text])));
    }

    private static string Text(int number, int index) => $"{number}.{index}";

    private static bool IsAtQos2(string text) => (text[^1] - '0') % 2 == 1;

    private static string Topic(int number) => $"ps/air/{number}";

    /// <summary>Who observes knows, by Max-Age, when to ask again; here it is told.</summary>
    private static Task ObserveAllAsync(CoapDevice[] observers) =>
        Task.WhenAll(observers.Select((observer, number) => observer.ObserveAsync(Topic(number)))).OrFailAsync("The last observation", Limit);

    private async Task PublishAllAsync(CoapDevice device, int number, Journal<Answered> answered)
    {
        for (var index = 0; index < MessagesEach; index++)
        {
            var (text, life) = (Text(number, index), Volatile.Read(ref _life));
            var requests = await device.PublishAsync(Topic(number), IsAtQos2(text) ? "r=1&q=2" : "r=1", text);
            answered.Add(new Answered(text, requests == 1 && life == Volatile.Read(ref _life)));
        }
    }

    /// <summary>A message that was answered by 2.04.</summary>
    /// <param name="Text">Which one.</param>
    /// <param name="IsOfOneLife">Whether it was one request to one life of the gateway: all of its copies are known by their Message ID.</param>
    private sealed record Answered(string Text, bool IsOfOneLife);
}
