namespace Latch.Agent;

/// <summary>Exit codes.</summary>
internal enum ExitCode
{
    /// <summary>Done; for health: healthy.</summary>
    Ok = 0,

    /// <summary>Faults were found; for health: not healthy.</summary>
    Faults = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>The agent cannot start: configuration, model or source.</summary>
    CannotStart = 3,

    /// <summary>The program itself failed.</summary>
    Failed = 4,
}
