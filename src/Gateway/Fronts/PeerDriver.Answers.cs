using Edge.Messaging;

namespace Edge.Gateway.Fronts;

/// <summary>The broker's answers, passed on in the order of the requests.</summary>
internal abstract partial class PeerDriver<TReply>
{
    private ShortQueue<Answer> _answers;

    protected int AnswersAwaited => _answers.Count;

    private void Await<TOutcome>(AnswerKind kind, TReply reply, ValueTask<TOutcome> outcome)
    {
        var task = outcome.AsTask();
        _answers.Enqueue(new Answer(kind, reply, default, task));
        if (!task.IsCompleted)
        {
            task.GetAwaiter().UnsafeOnCompleted(WakeAction);
        }
    }

    private void PassAnswers()
    {
        while (_answers.TryPeek(out var answer) && answer.Waiting is not { IsCompleted: false })
        {
            _answers.Dequeue();
            if (answer.Waiting is { IsCompletedSuccessfully: false } failed)
            {
                // Nothing is acknowledged that may be lost: the client comes again and repeats it.
                services.RequestFailed(remote, failed.Exception);
                Abandon();
            }
            else if (answer.Kind == AnswerKind.Connected)
            {
                OnConnected(((Task<ConnectOutcome>)answer.Waiting!).Result);
            }
            else if (!IsClosed)
            {
                Pass(answer);
            }
        }
    }

    private void OnConnected(ConnectOutcome outcome)
    {
        IsConnecting = false;
        Session = outcome.Session;
        if (Session is null)
        {
            Leave();
        }

        if (IsClosed)
        {
            Session?.Disconnect(publishWill: true);
        }
        else
        {
            peer.OnConnected(outcome, this);
        }
    }

    private void Pass(in Answer answer)
    {
        switch (answer.Kind)
        {
            case AnswerKind.Authenticated:
                peer.OnAuthenticated(((Task<AuthenticationStep>)answer.Waiting!).Result, this);
                break;
            case AnswerKind.Published:
                peer.OnPublished(answer.Reply, answer.Waiting is Task<PublishOutcome> published ? published.Result : answer.Outcome, this);
                break;
            case AnswerKind.Released:
                peer.OnReleased(answer.Reply, ((Task<bool>)answer.Waiting!).Result, this);
                break;
            case AnswerKind.Subscribed:
                peer.OnSubscribed(answer.Reply, ((Task<SubscribeOutcome[]>)answer.Waiting!).Result, this);
                break;
            case AnswerKind.Kept:
                peer.OnKept(answer.Reply, ((Task<bool>)answer.Waiting!).Result, this);
                break;
            case AnswerKind.Unsubscribed:
                peer.OnUnsubscribed(answer.Reply, ((Task<bool[]>)answer.Waiting!).Result, this);
                break;
        }
    }

    private enum AnswerKind : byte
    {
        Connected,
        Authenticated,
        Published,
        Released,
        Subscribed,
        Unsubscribed,
        Kept,
    }

    private readonly record struct Answer(AnswerKind Kind, TReply Reply, PublishOutcome Outcome, Task? Waiting);
}
