namespace Latch.Inspector;

/// <summary>A request that cannot be answered: what is wrong, where, and what to do.</summary>
internal sealed class InspectorFault : Exception
{
    private InspectorFault(int status, string message)
        : base(message) => Status = status;

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The steps that are held, when that is what is wrong.</summary>
    public (long First, long End)? Held { get; private init; }

    public static InspectorFault BadRequest(string message) => new(400, message);

    public static InspectorFault NotFound(string message) => new(404, message);

    public static InspectorFault NotHeld(long from, long to, long first, long end) =>
        new(404, $"Steps {from} to {to} were asked for; {first} to {end} are held. Ask within these.") { Held = (first, end) };
}
