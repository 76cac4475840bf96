using System.Globalization;
using System.Text.Json;

namespace Latch.Accuracy;

/// <summary>C-MAPSS FD001 as the trained models take it: selected, standardised columns in windows of 30 cycles.</summary>
public sealed class TurbofanData
{
    private const int Window = 30;
    private const int LastWindows = 5;

    private TurbofanData(IReadOnlyList<float[]> calibration, IReadOnlyList<EngineWindows> engines)
    {
        Calibration = calibration;
        Engines = engines;
    }

    /// <summary>Every window of the training engines.</summary>
    public IReadOnlyList<float[]> Calibration { get; }

    /// <summary>The last windows of each test engine.</summary>
    public IReadOnlyList<EngineWindows> Engines { get; }

    /// <summary>Reads the folder CMAPSS of the shared data.</summary>
    public static TurbofanData Read(string folder)
    {
        JsonElement preprocess = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden", "FD001_preprocess.json"))).RootElement;
        int[] columns = [.. preprocess.GetProperty("columns_kept_zero_based").EnumerateArray().Select(static value => value.GetInt32())];
        double[] mean = Numbers(preprocess, "mean"), deviation = Numbers(preprocess, "std_population");
        double[] life = [.. File.ReadLines(Path.Combine(folder, "data", "RUL_FD001.txt")).Where(static line => line.Trim().Length > 0).Select(Number)];
        IEnumerable<float[]> training = Rows(Path.Combine(folder, "data", "train_FD001.txt"), columns, mean, deviation).SelectMany(static engine => Windows(engine, engine.Count));
        var engines = Rows(Path.Combine(folder, "data", "test_FD001.txt"), columns, mean, deviation).Select((rows, index) => new EngineWindows(life[index], [.. Windows(rows, LastWindows)]));
        return new TurbofanData([.. training], [.. engines]);
    }

    private static IEnumerable<float[]> Windows(List<float[]> rows, int most)
    {
        int count = Math.Min(most, rows.Count - (Window - 1));
        for (int start = rows.Count - (Window - 1) - count; start <= rows.Count - Window; start++)
            yield return [.. rows.Skip(start).Take(Window).SelectMany(static row => row)];
    }

    private static List<List<float[]>> Rows(string path, int[] columns, double[] mean, double[] deviation)
    {
        var engines = new List<List<float[]>>();
        double unit = double.NaN;
        foreach (string line in File.ReadLines(path))
        {
            double[] values = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];
            if (values.Length == 0)
                continue;
            if (values[0] != unit)
                engines.Add([]);
            unit = values[0];
            engines[^1].Add([.. columns.Select((column, i) => (float)((values[column] - mean[i]) / deviation[i]))]);
        }
        return engines;
    }

    private static double[] Numbers(JsonElement parent, string name) => [.. parent.GetProperty(name).EnumerateArray().Select(static value => value.GetDouble())];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>One test engine.</summary>
/// <param name="RemainingLife">True remaining cycles after the last row.</param>
/// <param name="Windows">Its last windows, at most five, in time order.</param>
public sealed record EngineWindows(double RemainingLife, IReadOnlyList<float[]> Windows);
