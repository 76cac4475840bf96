using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>A recurrent layer with its weights, ready to step. Immutable and shared by all sessions.</summary>
internal abstract class Cell(RecurrentLayer layer)
{
    public RecurrentLayer Layer { get; } = layer;

    /// <summary>Bytes of packed weights and row constants.</summary>
    public abstract long Bytes { get; }

    /// <summary>A state of zeros.</summary>
    /// <param name="layer">Index of the layer in the model.</param>
    /// <param name="steps">Most steps of one <see cref="Run"/>.</param>
    /// <param name="output">From the wide hidden state to the codes of the output; unset to write none.</param>
    public abstract RecurrentState CreateState(int layer, int steps, CodeEncoding output);

    /// <summary>Runs so many steps in the layer's direction, unwatched.</summary>
    /// <param name="inputs">Codes [steps, I] in time order.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="state">The state.</param>
    /// <param name="outputs">Receives the output codes [steps, H] in time order; nothing is written without an encoding.</param>
    public abstract void Run(in CodeSpan inputs, int steps, RecurrentState state, in CodeSpan outputs);

    /// <summary>Runs one step and leaves its pre-activations, gates and saturation counts in the state.</summary>
    /// <param name="input">Codes [I].</param>
    /// <param name="state">The state.</param>
    /// <param name="output">Receives the output codes [H]; nothing is written without an encoding.</param>
    public abstract void Watch(in CodeSpan input, RecurrentState state, in CodeSpan output);

    /// <summary>Writes the codes of the wide hidden state for the next recurrent product.</summary>
    public abstract void EncodeHidden(RecurrentState state);

    /// <summary>The codes of wide values, one by one.</summary>
    public static void Encode(ReadOnlySpan<int> values, ref readonly CodeEncoding encoding, CodeSpan codes)
    {
        for (int i = 0; i < values.Length; i++)
            codes[i] = (int)Math.Clamp(encoding.Exact(values[i]), encoding.Low, encoding.High);
    }
}
