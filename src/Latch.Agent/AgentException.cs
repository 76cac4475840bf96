namespace Latch.Agent;

/// <summary>Why the agent cannot do what it was told: what, where, and what to do.</summary>
internal sealed class AgentException(string message, Exception? inner = null) : Exception(message, inner);
