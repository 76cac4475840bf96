namespace Latch.Cli;

/// <summary>What the process returns. The list is part of the help text and the README.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The question was answered with no: the model cannot be run, or a replay gives other integers.</summary>
    CheckFailed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>A model, a data file or a source cannot be read or does not fit.</summary>
    BadInput = 3,

    /// <summary>An output file cannot be written.</summary>
    Unwritable = 4,

    /// <summary>A fault of this program.</summary>
    Internal = 70,

    /// <summary>Ctrl-C before the work was done; no file is half-written.</summary>
    Interrupted = 130,
}
