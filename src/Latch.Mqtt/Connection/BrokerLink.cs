using System.Security.Authentication;
using Latch.Mqtt.Formats;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Latch.Mqtt.Connection;

/// <summary>A connection to a broker that is made anew, after a growing pause, as long as it is used. Called by one thread.</summary>
internal sealed class BrokerLink : IDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(500);

    private readonly MqttConnectionOptions _options;
    private readonly string _clientId;
    private readonly Action _wake;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly CancellationTokenSource _end = new();
    private TimeSpan _pause = s_firstPause;
    private long _due;
    private bool _wasConnected;
    private Task? _connecting;
    private uint _largest;
    private long _connects;
    private volatile string? _lastError;

    /// <param name="options">Where to.</param>
    /// <param name="clientId">Client identifier.</param>
    /// <param name="wake">Called on any thread when the connection was made or lost.</param>
    /// <param name="received">Called on any thread with topic and payload of a message.</param>
    public BrokerLink(MqttConnectionOptions options, string clientId, Action wake, Action<string, ReadOnlySpan<byte>> received)
    {
        (_options, _clientId, _wake) = (options, clientId, wake);
        _client.DisconnectedAsync += arguments =>
        {
            if (arguments.ClientWasConnected)
                _lastError = $"{Where}: the connection was lost ({arguments.Exception?.Message ?? arguments.Reason.ToString()}).";
            _wake();
            return Task.CompletedTask;
        };
        _client.ApplicationMessageReceivedAsync += arguments =>
        {
            System.Buffers.ReadOnlySequence<byte> payload = arguments.ApplicationMessage.Payload;
            received(arguments.ApplicationMessage.Topic, payload.IsSingleSegment ? payload.FirstSpan : System.Buffers.BuffersExtensions.ToArray(payload));
            return Task.CompletedTask;
        };
    }

    public bool IsConnected => _client.IsConnected && _connecting is null;

    public long Connects => Volatile.Read(ref _connects);

    public string? LastError => _lastError;

    private string Where => $"{_options.Host}:{_options.PortOrDefault}";

    private TimeSpan Limit => TimeSpan.FromSeconds(_options.TimeoutSeconds);

    /// <summary>Goes on connecting when it is time to; true once after each connection made.</summary>
    public bool Poll(Func<Message?> will, IReadOnlyList<string> subscriptions, int qos)
    {
        if (_connecting is { } connecting)
        {
            if (!connecting.IsCompleted)
                return false;
            _connecting = null;
            if (connecting.IsCompletedSuccessfully && _client.IsConnected)
            {
                (_pause, _wasConnected) = (s_firstPause, true);
                Interlocked.Increment(ref _connects);
                return true;
            }
            _lastError = Explain(connecting.Exception?.InnerException);
            Rest();
            return false;
        }
        if (_client.IsConnected)
            return false;
        if (_wasConnected)
        {
            _wasConnected = false;
            Rest();
        }
        else if (Environment.TickCount64 >= _due)
        {
            Begin(will(), subscriptions, qos);
        }
        return false;
    }

    /// <summary>Publishes and waits for the acknowledgement, if the quality of service has one.</summary>
    /// <returns>True when the broker has it; false when it will never take it: then <see cref="LastError"/> tells why.</returns>
    /// <exception cref="IOException">It could not be sent now.</exception>
    public bool Publish(in Message message, CancellationToken cancellation = default)
    {
        if (_largest > 0 && message.Body.Length + message.Topic.Length + 16 > _largest)
        {
            _lastError = $"{Where}: a message of {message.Body.Length} bytes to '{message.Topic}' is larger than the broker takes ({_largest}).";
            return false;
        }
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancellation);
            limit.CancelAfter(Limit);
            MqttClientPublishResult result = _client.PublishAsync(ToMqtt(message), limit.Token).GetAwaiter().GetResult();
            if (result.IsSuccess)
                return true;
            _lastError = $"{Where}: the broker refuses messages to '{message.Topic}' ({result.ReasonCode}); check its access list.";
            if (result.ReasonCode is MqttClientPublishReasonCode.QuotaExceeded or MqttClientPublishReasonCode.UnspecifiedError or MqttClientPublishReasonCode.ImplementationSpecificError)
                throw new IOException(_lastError);
            return false;
        }
        catch (Exception exception) when (exception is MqttCommunicationException or OperationCanceledException or InvalidOperationException or System.Net.Sockets.SocketException or ObjectDisposedException or MqttProtocolViolationException)
        {
            _lastError = $"{Where}: a message to '{message.Topic}' could not be sent ({exception.Message}).";
            Drop();
            throw new IOException(_lastError, exception);
        }
    }

    /// <summary>Says goodbye, so that no last will is sent.</summary>
    public void Disconnect()
    {
        try
        {
            if (_client.IsConnected)
                _client.DisconnectAsync(new MqttClientDisconnectOptions(), _end.Token).Wait(Limit);
        }
        catch (Exception exception) when (exception is AggregateException or MqttCommunicationException)
        {
            _lastError = $"{Where}: {exception.GetBaseException().Message}";
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _client.Dispose();
    }

    private void Begin(Message? will, IReadOnlyList<string> subscriptions, int qos)
    {
        _connecting = Task.Run(async () =>
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                limit.CancelAfter(Limit);
                MqttClientConnectResult result = await _client.ConnectAsync(ClientOptions.Make(_options, _clientId, will), limit.Token);
                if (result.ResultCode != MqttClientConnectResultCode.Success)
                    throw new MqttCommunicationException(Refusal(result));
                _largest = result.MaximumPacketSize ?? 0;
                foreach (string topic in subscriptions)
                    Check(await _client.SubscribeAsync(topic, (MqttQualityOfServiceLevel)qos, limit.Token));
            }
            catch
            {
                Drop();
                throw;
            }
            finally
            {
                _wake();
            }
        });
    }

    private string Refusal(MqttClientConnectResult result) => result.ResultCode switch
    {
        MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized => $"{Where}: the broker refuses the user or the password ({result.ResultCode}); check user and passwordFile.",
        _ => $"{Where}: the broker refuses the connection ({result.ResultCode} {result.ReasonString}).",
    };

    private string Explain(Exception? exception) => exception switch
    {
        MqttCommunicationException { InnerException: AuthenticationException tls } => Tls(tls),
        AuthenticationException tls => Tls(tls),
        OperationCanceledException => $"{Where}: no answer within {_options.TimeoutSeconds} s.",
        MqttOptionsException => exception.Message,
        MqttCommunicationException when exception.Message.StartsWith(Where, StringComparison.Ordinal) => exception.Message,
        _ => $"{Where}: cannot connect ({exception?.GetBaseException().Message}).",
    };

    private string Tls(AuthenticationException exception) =>
        $"{Where}: TLS failed: {exception.GetBaseException().Message} Check tls.caFile, the name in the broker's certificate, and the board's clock.";

    private void Drop()
    {
        try
        {
            if (_client.IsConnected)
                _client.DisconnectAsync(new MqttClientDisconnectOptions { Reason = MqttClientDisconnectOptionsReason.DisconnectWithWillMessage }, _end.Token).Wait(TimeSpan.FromSeconds(1));
        }
        catch (Exception exception) when (exception is AggregateException or MqttCommunicationException)
        {
            // It is gone already.
            _ = exception;
        }
    }

    private static MqttApplicationMessage ToMqtt(in Message message) => new()
    {
        Topic = message.Topic,
        Payload = new System.Buffers.ReadOnlySequence<byte>(message.Body),
        QualityOfServiceLevel = (MqttQualityOfServiceLevel)message.Qos,
        Retain = message.Retain,
    };

    private void Check(MqttClientSubscribeResult result)
    {
        foreach (MqttClientSubscribeResultItem item in result.Items)
        {
            if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
                throw new MqttCommunicationException($"{Where}: the broker refuses the subscription to '{item.TopicFilter.Topic}' ({item.ResultCode}); check its access list.");
        }
    }

    // Up to a quarter less than the pause, so that a fleet does not come back in step.
    private void Rest()
    {
        _due = Environment.TickCount64 + (long)(_pause.TotalMilliseconds * (0.75 + (Random.Shared.NextDouble() / 4)));
        var limit = TimeSpan.FromSeconds(_options.RetryLimitSeconds);
        _pause = _pause * 2 < limit ? _pause * 2 : limit;
    }
}
