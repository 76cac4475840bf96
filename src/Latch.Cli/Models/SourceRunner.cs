using System.Globalization;
using Latch.Cli.Data;
using Latch.Runtime;
using Latch.Sensors;
using Latch.Telemetry;
using Latch.Telemetry.Recordings;

namespace Latch.Cli.Models;

/// <summary>Reads a source's rows and yields results, step by step or window by window.</summary>
/// <param name="model">The model.</param>
/// <param name="session">Yields the results.</param>
/// <param name="beside">Steps the session beside an untouched one; null where nothing is forced.</param>
/// <param name="source">The rows.</param>
/// <param name="widths">Values a row of each input.</param>
/// <param name="mode">Windows or one stream.</param>
/// <param name="recorder">Records every step; null for none.</param>
/// <param name="endless">Whether cancelling ends the source, with what there is so far.</param>
/// <param name="cancellation">Ends the run.</param>
internal sealed class SourceRunner(
    LatchModel model, Session session, Counterfactual? beside, ISensorSource source, IReadOnlyList<int> widths, StepMode mode, Recorder? recorder, bool endless,
    CancellationToken cancellation)
{
    private readonly float[] _untouched = new float[beside is null ? 0 : model.OutputSize];
    private readonly float[] _sample = new float[widths.Sum()];
    private readonly float[] _result = new float[mode.IsStream ? model.OutputSize : model.WindowOutputSize];
    private readonly List<float[]> _window = [];
    private int _skip;

    public IReadOnlyList<string> Columns { get; } = IntegerRun.ResultNames(mode.IsStream ? model.Outputs : model.WindowOutputs);

    public int Rows { get; private set; }

    public void WriteCsv<TProbe>(TextWriter writer, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        writer.WriteLine($"step,{string.Join(',', Columns)}");
        long step = 0;
        while (Next(ref probe, ref step))
            writer.WriteLine($"{step - 1},{string.Join(',', _result.Select(value => value.ToString("G7", CultureInfo.InvariantCulture)))}");
    }

    public List<float[]> Results<TProbe>(ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        List<float[]> results = [];
        long step = 0;
        while (Next(ref probe, ref step))
            results.Add([.. _result]);
        return results;
    }

    private bool Next<TProbe>(ref TProbe probe, ref long step)
        where TProbe : struct, IGateProbe
    {
        while (true)
        {
            if (!endless)
                cancellation.ThrowIfCancellationRequested();
            if (!source.TryRead(_sample, out DateTimeOffset time))
            {
                if (!mode.IsStream && step < mode.Steps && !cancellation.IsCancellationRequested)
                    throw CommandException.BadInput($"The series has {step} rows, but a window of this model takes {mode.Steps}. Give a longer series.");
                return false;
            }

            step++;
            if (mode.IsStream)
                Step(time, ref probe);
            else if (!TryWindow(ref probe))
                continue;
            Rows++;
            return true;
        }
    }

    private void Step<TProbe>(DateTimeOffset time, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        NoGateProbe none = default;
        if (beside is null)
            session.Step(_sample, _result, ref probe);
        else
            beside.Step(_sample, _untouched, _result, ref none, ref probe);
        recorder?.Record(time);
    }

    private bool TryWindow<TProbe>(ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        _window.Add([.. _sample]);
        if (_window.Count > mode.Steps)
            _window.RemoveAt(0);
        if (_window.Count < mode.Steps || _skip-- > 0)
            return false;
        _skip = mode.Stride - 1;
        session.Run(RowWindows.Flatten(_window, widths, 0, mode.Steps), mode.Steps, _result, ref probe);
        return true;
    }
}
