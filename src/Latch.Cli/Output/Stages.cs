using Spectre.Console;

namespace Latch.Cli.Output;

/// <summary>The stages of a long piece of work, shown as they go.</summary>
internal abstract class Stages
{
    /// <summary>Ends the stage before and begins one.</summary>
    public abstract void Begin(string name);

    /// <summary>How much of the current stage is done, 0 to 1.</summary>
    public abstract void Report(double fraction);
}

/// <summary>One line per stage, for pipes and logs.</summary>
internal sealed class PlainStages(TextWriter writer) : Stages
{
    public override void Begin(string name) => writer.WriteLine(name);

    public override void Report(double fraction)
    {
    }
}

/// <summary>One progress bar per stage.</summary>
internal sealed class BarStages(ProgressContext context) : Stages
{
    private ProgressTask? _task;

    public override void Begin(string name)
    {
        if (_task is not null)
            _task.Value = 1;
        _task = context.AddTask(Markup.Escape(name), maxValue: 1);
    }

    public override void Report(double fraction)
    {
        if (_task is not null)
            _task.Value = fraction;
    }
}

/// <summary>Stages of work that is one stage of a larger one.</summary>
internal sealed class SilentStages : Stages
{
    public override void Begin(string name)
    {
    }

    public override void Report(double fraction)
    {
    }
}
