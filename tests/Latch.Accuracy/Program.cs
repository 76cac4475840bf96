using System.Globalization;
using Latch.Accuracy;
using Latch.Accuracy.Streams;
using Latch.Quantize;

string shared = SharedFolder.Find();
if (AccuracyCases.Needs.Concat(StreamCases.Needs).FirstOrDefault(need => !Directory.Exists(Path.Combine(shared, need))) is { } missing)
{
    Console.Error.WriteLine($"'{Path.Combine(shared, missing)}' is missing; set LATCH_SHARED to the folder of shared data and models.");
    return 2;
}
ActivationWidth[] widths = args.Contains("--int16") ? [ActivationWidth.Int16] : [ActivationWidth.Int8, ActivationWidth.Auto];
bool reasons = args.Contains("--reasons"), met = true;
string? only = Option("--only");
if (Option("--hiss") is { } hiss)
    StreamCases.Hiss = double.Parse(hiss, CultureInfo.InvariantCulture);
string? Option(string name) => args.SkipWhile(argument => argument != name).Skip(1).FirstOrDefault();
bool Wanted(string name) => only is null || name.Contains(only, StringComparison.OrdinalIgnoreCase);

if (!args.Contains("--streams"))
    Windows();
Console.WriteLine();
Streams();
return met ? 0 : 1;

// Models of windows: figures that others published.
void Windows()
{
    Console.WriteLine("| model | activations | figure | published | float (ONNX Runtime) | integer | change | bar | largest single change | bar | bytes | of .onnx | met |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    foreach (AccuracyCase given in AccuracyCases.All(shared).Where(given => Wanted(given.Name)))
    {
        foreach (ActivationWidth width in widths)
        {
            AccuracyCase test = width == ActivationWidth.Auto ? given.Halved() : given;
            AccuracyRow row = test.Run(new QuantizeOptions { Activations = width });
            met &= row.IsMet;
            string change = double.IsPositiveInfinity(test.ChangeBar) ? "-" : test.ChangeBar.ToString("G3", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {test.Name} | {Name(width)} | {test.Figure} | {test.Published:F4} | {row.Float:F4} | {row.Integer:F4} | {row.Integer - row.Float:+0.0000;-0.0000} | {test.Bar:F4} | {row.LargestChange:F3} | {change} | {row.IntegerBytes} | {row.SizeRatio:F3} | {Met(row.IsMet)} |"));
            Explain(row.Result);
        }
    }
}

// Models that hand states on: distance from float over long streams.
void Streams()
{
    Console.WriteLine("| model | activations | figure | integer | bar | met |");
    Console.WriteLine("|---|---|---|---|---|---|");
    foreach (Func<string, StreamCase> create in StreamCases.All.Where(entry => Wanted(entry.Key)).Select(static entry => entry.Value))
    {
        StreamCase test = create(shared);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        test.Import();
        StreamFigure import = new("import, seconds", clock.Elapsed.TotalSeconds, 5, AtLeast: false);
        met &= import.IsMet;
        Print(test, "-", import);
        foreach (ActivationWidth width in widths)
        {
            StreamRow row = test.Run(new QuantizeOptions { Activations = width });
            met &= row.IsMet;
            foreach (StreamFigure figure in row.Figures)
                Print(test, Name(width), figure);
            Explain(row.Result);
        }
    }
}

static void Print(StreamCase test, string width, StreamFigure figure) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"| {test.Name} | {width} | {figure.Name} | {figure.Value:F4} | {(figure.AtLeast ? "at least" : "at most")} {figure.Bar:G3} | {Met(figure.IsMet)} |"));

void Explain(QuantizeResult result)
{
    if (reasons)
        Console.Error.WriteLine(string.Join(Environment.NewLine, result.Precision?.Reasons() ?? [string.Join(", ", result.WideValues)]));
}

static string Name(ActivationWidth width) => width.ToString().ToLowerInvariant();

static string Met(bool met) => met ? "yes" : "NO";
