namespace Latch.Cli;

/// <summary>Texts that several commands share.</summary>
internal static class HelpText
{
    public const string Kernel = "Kernel to run with, by name; without it the one LATCH_KERNEL names, else the fastest here. The results are the same.";

    public const string Root =
        """
        Takes a trained LSTM, GRU or RNN to int8, runs it in integer arithmetic, and shows its gates.

        Exit codes:
          0    done
          1    the model cannot be run (inspect), a recording gives other integers (replay),
               a board went back to its old slot (deploy), or its agent does not run (status)
          2    wrong command line
          3    a model, data file or source cannot be read or does not fit, or a length must be
               given (--steps)
          4    an output, or standard output, cannot be written
          70   a fault of latch itself
          130  interrupted before the end; no file is half-written
        """;

    public const string Trained = "an .onnx file, a .tflite file in floating point, or a .json file that describes the layers of a .safetensors file beside it";

    public const string Data =
        "CSV (.csv, .csv.gz, .txt) or Parquet, rows are time steps; for a model whose channels are characters a .txt file is text. With or without a header; a time column (named time, timestamp, "
        + "datetime, date or index, or holding ISO timestamps) is recognised. Columns go to the model's channels by name when both have names, else by position.";

    public const string Json = "Print one JSON document on standard output and nothing else there.";
}
