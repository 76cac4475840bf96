using System.Globalization;
using Latch.Accuracy;
using Latch.Quantize;

string shared = SharedFolder.Find();
if (AccuracyCases.Needs.FirstOrDefault(need => !Directory.Exists(Path.Combine(shared, need))) is { } missing)
{
    Console.Error.WriteLine($"'{Path.Combine(shared, missing)}' is missing; set LATCH_SHARED to the folder of shared data and models.");
    return 2;
}
ActivationWidth[] widths = args.Contains("--int16") ? [ActivationWidth.Int16] : [ActivationWidth.Int8, ActivationWidth.Auto];
bool met = true;
Console.WriteLine("| model | activations | figure | published | float (ONNX Runtime) | integer | change | bar | largest single change | bar | bytes | of .onnx | met |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
foreach (AccuracyCase given in AccuracyCases.All(shared))
{
    foreach (ActivationWidth width in widths)
    {
        AccuracyCase test = width == ActivationWidth.Auto ? given.Halved() : given;
        AccuracyRow row = test.Run(new QuantizeOptions { Activations = width });
        met &= row.IsMet;
        string change = double.IsPositiveInfinity(test.ChangeBar) ? "-" : test.ChangeBar.ToString("G3", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {test.Name} | {width.ToString().ToLowerInvariant()} | {test.Figure} | {test.Published:F4} | {row.Float:F4} | {row.Integer:F4} | {row.Integer - row.Float:+0.0000;-0.0000} | {test.Bar:F4} | {row.LargestChange:F3} | {change} | {row.IntegerBytes} | {row.SizeRatio:F3} | {(row.IsMet ? "yes" : "NO")} |"));
        if (args.Contains("--reasons") && row.Result.Precision is { } precision)
            Console.Error.WriteLine(string.Join(Environment.NewLine, precision.Reasons()));
    }
}
return met ? 0 : 1;
