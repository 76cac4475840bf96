using Latch.Benchmarks.Commands;

const string Usage = """
    Measures Latch, and Latch against ONNX Runtime. Build it in Release.

      dotnet run --project tests/Latch.Benchmarks -c Release -- COMMAND [OPTIONS]

    Commands
      peers      LSTM and GRU layers of six sizes against ONNX Runtime, interleaved on one thread: ratios beside their bars, times, weight-read bound
                 --kernel NAME  --sizes 64x128,257x512  --cells lstm,gru  --rounds 21  --seed 1
      accuracy   error of the layers' output against float
                 --kernel NAME  --sizes LIST  --cells LIST  --seeds 3
      telemetry  watched steps against bare ones, interleaved on one thread: ratios beside their bars, times
                 --kernel NAME  --sizes 32x64,64x128,257x512  --cells lstm,gru  --rounds 41  --seed 1
      cold       time from start to exit and resident memory of two AOT programs that take one step of an LSTM of 64x128
                 --runs 15  --ours PROGRAM  --peer PROGRAM  (published here when not given)
      model      writes the timed models as .latch files, each with a recording of 8 samples
                 --folder PATH  --sizes LIST  --cells LIST
      steps      our own steps under BenchmarkDotNet; its options follow, for example --filter '*Lstm*' --job short

    Every command but model and steps
      --out FILE   writes the report there too
      --save       writes it to tests/Latch.Benchmarks/results, named by processor and kernel

    Exit code: 0 when every bar is met, 1 when one is not, 2 when nothing could be measured.
    """;

try
{
    switch (args.FirstOrDefault())
    {
        case "peers":
            return PeersCommand.Run(BenchmarkOptions.Parse(args, PeersCommand.Options));
        case "accuracy":
            return AccuracyCommand.Run(BenchmarkOptions.Parse(args, AccuracyCommand.Options));
        case "telemetry":
            return TelemetryCommand.Run(BenchmarkOptions.Parse(args, TelemetryCommand.Options));
        case "cold":
            return ColdCommand.Run(BenchmarkOptions.Parse(args, ColdCommand.Options));
        case "model":
            return ModelCommand.Run(BenchmarkOptions.Parse(args, ModelCommand.Options));
        case "steps":
            return StepsCommand.Run(args[1..]);
        case "help" or "--help" or "-h":
            Console.WriteLine(Usage);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException or IOException)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
