using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Http;

public sealed class ExportTests
{
    private const int Steps = 1100;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_Csv_HoldsTheExactIntegersInputsAndOutputs()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        float[] WithGap(long step) => step == 30 ? [float.NaN, 0.1f, 1f / 3] : TestModels.Sample(step);
        DirectRun direct = DirectRun.Of(model, Steps, sample: WithGap);
        await using TestServer server = await TestServer.Start(TestModels.Replay(TestModels.Input(), Steps, WithGap, new InspectedModel("my model", "m.latch", model)));
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri("/api/export?format=csv&from=20&to=1080", UriKind.Relative), Cancel);
        ContentDispositionHeaderValue disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal(("attachment", "my_model-base-layer0-20-1080.csv"), (disposition.DispositionType, disposition.FileName?.Trim('"')));
        string[] lines = (await response.Content.ReadAsStringAsync(Cancel)).TrimEnd('\n').Split('\n');
        string[] quantities = ["input", "output", "forget", "cell", "c", "h"];
        string units(string quantity) => string.Join(',', Enumerable.Range(0, TestModels.Units).Select(unit => $"{quantity}.{unit}"));
        Assert.Equal($"step,a.one,b,\"c,d\",y.0,y.1,y.2,y.3,y.4,{string.Join(',', quantities.Select(units))}", lines[0]);
        Assert.Equal(1061, lines.Length);
        for (int row = 0; row < 1060; row++)
        {
            int step = 20 + row;
            string[] fields = lines[row + 1].Split(',');
            float[] floats = [.. fields[1..9].Select(static field => field.Length == 0 ? float.NaN : float.Parse(field, CultureInfo.InvariantCulture))];
            Assert.Equal(step, int.Parse(fields[0], CultureInfo.InvariantCulture));
            Assert.Equal((float[])[.. WithGap(step), .. direct.Outputs[step]], floats);
            int[] codes = [.. fields[9..].Select(static field => (int)Math.ScaleB(double.Parse(field, CultureInfo.InvariantCulture), 24))];
            Assert.Equal(direct.Codes[step], codes);
        }
    }

    [Fact]
    public async Task Export_Forced_IsTheForcedTrack()
    {
        using LatchModel model = TestModels.Random(CellKind.Gru);
        DirectRun direct = DirectRun.Of(model, 10, static (session, _) => session.Gates.Force(0, Gate.Update, GateForce.Closed));
        await using TestServer server = await TestServer.Start(TestModels.Replay(10, new InspectedModel("m", "m.latch", model)));
        await server.Post("""{"forces":[{"layer":0,"gate":"update","how":"closed"}]}""");
        string[] lines = Encoding.UTF8.GetString(await server.Bytes("/api/export?track=forced&format=csv")).TrimEnd('\n').Split('\n');
        int[] last = [.. lines[^1].Split(',')[9..].Select(static field => (int)Math.ScaleB(double.Parse(field, CultureInfo.InvariantCulture), 24))];
        Assert.Equal(direct.Codes[9], last);
    }

    [Fact]
    public async Task Export_Parquet_IsWrittenByTheGivenWriter()
    {
        using LatchModel model = TestModels.Random(CellKind.Rnn);
        async Task Write(ExportTable table, Stream output, CancellationToken cancellation)
        {
            Assert.True(output.CanSeek);
            List<int> rows = [];
            foreach (IReadOnlyList<Array> block in table.Blocks)
            {
                Assert.Equal(table.Columns.Select(static column => column.Type.MakeArrayType()), block.Select(static column => column.GetType()));
                Assert.Single(block.Select(static column => column.Length).Distinct());
                rows.Add(block[0].Length);
            }
            await output.WriteAsync(Encoding.ASCII.GetBytes($"{table.Columns.Count} columns, {rows.Sum()} rows"), cancellation);
        }
        await using TestServer server = await TestServer.Start(TestModels.Replay(Steps, new InspectedModel("m", "m.latch", model)), new InspectorServerOptions { Parquet = Write });
        Assert.Equal("19 columns, 1090 rows", Encoding.ASCII.GetString(await server.Bytes("/api/export?format=parquet&from=10")));
    }
}
