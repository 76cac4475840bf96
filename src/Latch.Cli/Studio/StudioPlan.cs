using Latch.Targets.Deploy;

namespace Latch.Cli.Studio;

/// <summary>What the studio is to show, from a command line or a description file; paths as they can be opened.</summary>
internal sealed record StudioPlan
{
    /// <summary>Title of the page; null takes the data's name.</summary>
    public string? Title { get; init; }

    /// <summary>The models, at least one; several are twins on the same data.</summary>
    public required IReadOnlyList<StudioModel> Models { get; init; }

    /// <summary>The recording to replay; null when a source is followed.</summary>
    public string? Data { get; init; }

    /// <summary>The source to follow; null when a recording is replayed.</summary>
    public string? Source { get; init; }

    /// <summary>The board whose session is followed; null for none.</summary>
    public BoardAddress? Board { get; init; }

    /// <summary>Samples per second; null for the models'.</summary>
    public double? Rate { get; init; }

    /// <summary>Known faults of the recording; null for none.</summary>
    public string? Labels { get; init; }

    /// <summary>Ordinary data that models without a profile learn one from; none for no scores.</summary>
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>Alarms to allow on ordinary data.</summary>
    public double AlarmsPerHour { get; init; } = 1;
}

/// <summary>One model of the plan.</summary>
/// <param name="Name">What the page calls it.</param>
/// <param name="Model">A .latch file, or a trained model to be quantized at start.</param>
internal sealed record StudioModel(string Name, string Model)
{
    /// <summary>The float model to compare with; null for none.</summary>
    public string? Float { get; init; }

    /// <summary>A profile learnt before; null for none.</summary>
    public string? Profile { get; init; }

    /// <summary>Ordinary data to quantize a trained model with.</summary>
    public IReadOnlyList<string> Calibration { get; init; } = [];

    /// <summary>Names, units and normalisation of the channels of a trained model; null for data that are normalised.</summary>
    public string? Channels { get; init; }
}
