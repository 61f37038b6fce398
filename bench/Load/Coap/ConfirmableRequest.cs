namespace Edge.Load.Coap;

/// <summary>The one Confirmable request that an end point has under way, and when it is to be sent again (RFC 7252 §4.2).</summary>
/// <param name="octets">The request, whose Message ID and Token are new for each exchange.</param>
internal sealed class ConfirmableRequest(byte[] octets)
{
    private const int MaxRetransmit = 4;
    private const double AckRandomFactor = 1.5;
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(2);

    private long _lastSent;
    private TimeSpan _timeout;
    private int _retransmissions;
    private ushort _messageId;

    internal byte[] Octets => octets;

    /// <summary>True until its response has come, or it was given up.</summary>
    internal bool IsUnderWay { get; private set; }

    /// <summary>True once it is acknowledged while its response is still to come (§5.2.2).</summary>
    internal bool IsAcknowledged { get; private set; }

    internal uint Token { get; private set; }

    /// <summary>When it was sent first.</summary>
    internal long FirstSent { get; private set; }

    /// <summary>Begins an exchange, with the next Message ID and Token; it has to be sent then.</summary>
    internal void Begin()
    {
        MessageEncoder.Stamp(octets, ++_messageId, ++Token);
        (IsUnderWay, IsAcknowledged, _retransmissions) = (true, false, 0);
        _timeout = AckTimeout * (1 + (Random.Shared.NextDouble() * (AckRandomFactor - 1)));
        FirstSent = _lastSent = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Takes in what may be an answer; true when it is the response, which ends the exchange.</summary>
    internal bool TryEnd(in ReceivedMessage message)
    {
        if (!IsUnderWay)
        {
            return false;
        }

        if (message.Type == MessageType.Reset && message.MessageId == _messageId)
        {
            throw new LoadException("The server rejected a request with Reset.");
        }

        var isAcknowledgement = message.Type == MessageType.Acknowledgement;
        if (isAcknowledgement && message.MessageId != _messageId)
        {
            return false;
        }

        if (isAcknowledgement && message.Code == MessageCode.Empty)
        {
            IsAcknowledged = true;
            return false;
        }

        if (message.Token != Token)
        {
            return isAcknowledgement ? throw new LoadException("The server answered a request with another Token.") : false;
        }

        if (message.Code is not (MessageCode.Created or MessageCode.Changed or MessageCode.Content))
        {
            throw new LoadException($"The server answered {MessageCode.Text(message.Code)}: {System.Text.Encoding.UTF8.GetString(message.Payload)}");
        }

        IsUnderWay = false;
        return true;
    }

    /// <summary>True when it has waited too long and has to be sent once more.</summary>
    /// <param name="givenUp">True when it was sent too often already; the exchange has ended then.</param>
    internal bool IsDue(out bool givenUp)
    {
        givenUp = false;
        if (!IsUnderWay || IsAcknowledged || TimeProvider.System.GetElapsedTime(_lastSent) < _timeout)
        {
            return false;
        }

        if (_retransmissions == MaxRetransmit)
        {
            IsUnderWay = false;
            givenUp = true;
            return false;
        }

        _retransmissions++;
        _timeout *= 2;
        _lastSent = TimeProvider.System.GetTimestamp();
        return true;
    }
}
