namespace Latch.Import.Tests.Support;

/// <summary>Writes one step of a GRU operator by operator.</summary>
internal static class GruCell
{
    /// <summary>x [1,I] and h [1,H] to the new h [1,H]; the weights depend on the sizes alone.</summary>
    public static string Write(OnnxWriter writer, string x, string h, int inputs, int units, bool resetAfter, string blend, string gate, string function)
    {
        Random random = new(5);
        string[] ofX = Parts(writer, Dense(writer, random, x, inputs, 3 * units), 3, units);
        string z, r, n;
        if (resetAfter)
        {
            string[] ofH = Parts(writer, Dense(writer, random, h, units, 3 * units), 3, units);
            z = Gate(writer, gate, writer.Node("Add", [ofX[0], ofH[0]]));
            r = Gate(writer, gate, writer.Node("Add", [ofX[1], ofH[1]]));
            n = writer.Node("Add", [ofX[2], writer.Node("Mul", [r, ofH[2]])]);
        }
        else
        {
            string[] ofH = Parts(writer, writer.Node("MatMul", [h, writer.Floats(random, 0.6f, units, 2 * units)]), 2, units);
            z = Gate(writer, gate, writer.Node("Add", [ofX[0], ofH[0]]));
            r = Gate(writer, gate, writer.Node("Add", [ofX[1], ofH[1]]));
            n = writer.Node("Add", [ofX[2], writer.Node("MatMul", [writer.Node("Mul", [r, h]), writer.Floats(random, 0.6f, units, units)])]);
        }
        if (function.Length > 0)
            n = writer.Node(function, [n]);
        return Blend(writer, blend, z, n, h);
    }

    private static string Blend(OnnxWriter writer, string blend, string z, string n, string h)
    {
        string One() => writer.Node("Sub", [writer.Floats([], [1]), z]);
        return blend switch
        {
            "(1 - z) n + z h" => writer.Node("Add", [writer.Node("Mul", [One(), n]), writer.Node("Mul", [z, h])]),
            "n + z (h - n)" => writer.Node("Add", [n, writer.Node("Mul", [z, writer.Node("Sub", [h, n])])]),
            "n - z (n - h)" => writer.Node("Sub", [n, writer.Node("Mul", [z, writer.Node("Sub", [n, h])])]),
            "(1 - z) h + z n" => writer.Node("Add", [writer.Node("Mul", [One(), h]), writer.Node("Mul", [z, n])]),
            "h - z (h - n)" => writer.Node("Sub", [h, writer.Node("Mul", [z, writer.Node("Sub", [h, n])])]),
            _ => throw new ArgumentException($"no blend {blend}", nameof(blend)),
        };
    }

    private static string Dense(OnnxWriter writer, Random random, string x, int inputs, int outputs) =>
        writer.Node("Add", [writer.Node("MatMul", [x, writer.Floats(random, 0.6f, inputs, outputs)]), writer.Floats(random, 0.3f, outputs)]);

    private static string[] Parts(OnnxWriter writer, string packed, int count, int units) => [.. Enumerable.Range(0, count).Select(part =>
        writer.Node("Slice", [packed, writer.Integers(part * units), writer.Integers((part + 1) * units), writer.Integers(1)]))];

    private static string Gate(OnnxWriter writer, string spelling, string value)
    {
        if (spelling is "Sigmoid" or "HardSigmoid")
            return writer.Node(spelling, [value]);
        string line = writer.Node("Add", [writer.Node("Mul", [value, writer.Floats([], [0.2f])]), writer.Floats([], [0.5f])]);
        string zero = writer.Floats([], [0]), one = writer.Floats([], [1]);
        return spelling == "Clip" ? writer.Node("Clip", [line, zero, one]) : writer.Node("Min", [one, writer.Node("Max", [line, zero])]);
    }
}
