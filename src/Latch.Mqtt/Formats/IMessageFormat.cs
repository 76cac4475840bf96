namespace Latch.Mqtt.Formats;

/// <summary>Turns reports into messages of one convention. Used by one thread, but for <see cref="Receive"/>.</summary>
internal interface IMessageFormat
{
    /// <summary>Names the folder of the queue and the connection.</summary>
    string Name { get; }

    /// <summary>Topics to subscribe to.</summary>
    IReadOnlyList<string> Subscriptions { get; }

    /// <summary>The last will for the next connection.</summary>
    Message Will();

    /// <summary>What is sent right after connecting, and when asked for again.</summary>
    IEnumerable<Message> Birth();

    /// <summary>What is sent before a clean disconnect.</summary>
    Message Death();

    /// <summary>The messages of a step.</summary>
    /// <param name="entry">The step.</param>
    /// <param name="late">It goes to the queue first; only what is <see cref="Message.Kept"/> is wanted.</param>
    IEnumerable<Message> Encode(StepEntry entry, bool late);

    /// <summary>The messages of a change of level.</summary>
    IEnumerable<Message> Encode(in AlarmReport alarm, bool late);

    /// <summary>Makes a queued message ready to be sent now; null when it fits this run no more.</summary>
    Message? Restore(string topic, byte[] body);

    /// <summary>Takes a message of a subscription, on any thread; true when <see cref="Birth"/> is to be sent again.</summary>
    bool Receive(string topic, ReadOnlySpan<byte> body);
}
