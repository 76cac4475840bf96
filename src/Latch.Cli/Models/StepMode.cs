using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>How a series is given to a model: as windows, or as one stream.</summary>
/// <param name="Steps">Rows per window; 0 for one stream.</param>
/// <param name="Stride">Rows from one window's start to the next one's.</param>
internal readonly record struct StepMode(int Steps, int Stride)
{
    public bool IsStream => Steps == 0;

    /// <summary>Windows as <c>--steps</c> says; without it the model's own windows, or one stream when it has none.</summary>
    /// <exception cref="CommandException">The model cannot take windows of that many steps.</exception>
    public static StepMode Of(LatchModel model, int? steps, int stride, string path)
    {
        if (steps is null)
            return new StepMode(model.CanRunWindow ? model.Steps : 0, stride);
        if (model.CanRunWindow ? steps != model.Steps : !model.CanStep)
            throw CommandException.Usage($"--steps {steps}: {path} takes windows of {model.Steps} steps. Give that number or none, or quantize again.");
        return new StepMode(steps.Value, stride);
    }

    public override string ToString() => IsStream ? "one stream" : $"windows of {Steps} rows, every {Stride}";
}
