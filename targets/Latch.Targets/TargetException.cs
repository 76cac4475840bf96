namespace Latch.Targets;

/// <summary>Something about a target, its packages or a board that ends the work. The message says what, where and what to do.</summary>
/// <param name="message">The message.</param>
/// <param name="inner">The cause, if another error was met.</param>
internal sealed class TargetException(string message, Exception? inner = null) : Exception(message, inner);
