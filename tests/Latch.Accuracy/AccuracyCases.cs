namespace Latch.Accuracy;

/// <summary>The four models that others trained.</summary>
public static class AccuracyCases
{
    /// <summary>All cases over the shared data.</summary>
    /// <param name="shared">The shared folder.</param>
    public static IEnumerable<AccuracyCase> All(string shared)
    {
        TurbofanData turbofan = TurbofanData.Read(Path.Combine(shared, "data", "CMAPSS"));
        yield return Turbofan(shared, turbofan, "C-MAPSS FD001 LSTM", "FD001_LSTM.onnx", 15.16553);
        yield return Turbofan(shared, turbofan, "C-MAPSS FD001 GRU attention", "FD001_GRU_attention.onnx", 15.36302);
        yield return Aircraft(shared);
        yield return Pose(shared);
    }

    /// <summary>Files and folders the cases need, relative to the shared folder.</summary>
    public static IReadOnlyList<string> Needs { get; } = ["data/CMAPSS", "models/aircraft-pm", "models/pose-gru"];

    /// <summary>The C-MAPSS LSTM alone.</summary>
    public static AccuracyCase TurbofanLstm(string shared) =>
        Turbofan(shared, TurbofanData.Read(Path.Combine(shared, "data", "CMAPSS")), "C-MAPSS FD001 LSTM", "FD001_LSTM.onnx", 15.16553);

    // Mean over the last windows of an engine, RMSE over engines; single predictions are judged on each engine's last window.
    private static AccuracyCase Turbofan(string shared, TurbofanData data, string name, string file, double published)
    {
        int[] ends = new int[data.Engines.Count];
        for (int engine = 0, end = 0; engine < ends.Length; engine++)
            ends[engine] = (end += data.Engines[engine].Windows.Count) - 1;
        double Measure(IReadOnlyList<float[]> predictions) => Math.Sqrt(data.Engines.Select((engine, index) =>
        {
            int count = engine.Windows.Count;
            double mean = Enumerable.Range(ends[index] - count + 1, count).Average(window => predictions[window][0]);
            return (mean - engine.RemainingLife) * (mean - engine.RemainingLife);
        }).Average());
        return new AccuracyCase
        {
            Name = name,
            ModelPath = Path.Combine(shared, "data", "CMAPSS", "models", file),
            Steps = 30,
            Channels = 14,
            Figure = "RMSE(5)",
            Published = published,
            PublishedTolerance = 0.001,
            Bar = 0.01 * published,
            ChangeBar = 1.5,
            Calibration = data.Calibration,
            Evaluation = [.. data.Engines.SelectMany(static engine => engine.Windows)],
            Judged = ends,
            Measure = Measure,
        };
    }

    private static AccuracyCase Aircraft(string shared)
    {
        string folder = Path.Combine(shared, "models", "aircraft-pm");
        var data = new SafetensorsFile(Path.Combine(folder, "eval.safetensors"));
        float[] truth = data.Floats("y_test");
        return new AccuracyCase
        {
            Name = "aircraft-pm (Keras LSTM)",
            ModelPath = Path.Combine(folder, "lstm_model.onnx"),
            Steps = 30,
            Channels = 17,
            Figure = "RMSE",
            Published = 25.004,
            PublishedTolerance = 0.001,
            Bar = 0.015 * 25.004,
            Calibration = data.Rows("x_calib"),
            Evaluation = data.Rows("x_test"),
            Measure = predictions => Math.Sqrt(predictions.Select((prediction, i) => Math.Pow(prediction[0] - truth[i], 2)).Average()),
        };
    }

    // The real sequences calibrate, the augmented ones judge.
    private static AccuracyCase Pose(string shared)
    {
        string folder = Path.Combine(shared, "models", "pose-gru");
        var data = new SafetensorsFile(Path.Combine(folder, "eval.safetensors"));
        float[] truth = data.Floats("y_aug");
        return new AccuracyCase
        {
            Name = "pose-gru (PyTorch GRU)",
            ModelPath = Path.Combine(folder, "gru_model.onnx"),
            Steps = 20,
            Channels = 34,
            Figure = "accuracy",
            Published = 0.9017,
            PublishedTolerance = 0.0001,
            Bar = 0.005,
            Calibration = data.Rows("x_real"),
            Evaluation = data.Rows("x_aug"),
            Measure = predictions => predictions.Select((prediction, i) => Array.IndexOf(prediction, prediction.Max()) == truth[i] ? 1.0 : 0.0).Average(),
        };
    }
}
