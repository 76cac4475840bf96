using Latch.Benchmarks.Cold;
using Latch.Runtime;

// args[0]: the .latch file. One step of its streaming plan.
using LatchModel model = LatchModel.Load(args[0]);
Session session = model.CreateSession();
float[] result = new float[model.OutputSize];
session.Step(ColdReport.Sample(model.InputSize), result);
ColdReport.Print(result, args);
