// Writes golden.json: what the interpreter of TensorFlow Lite (npm package @tensorflow/tfjs-tflite 0.0.1-alpha.10, WebAssembly, run by Node) yields for the models of
// TfLiteCases. Its cell states and hidden states go on from run to run.
//   npm install @tensorflow/tfjs-tflite@0.0.1-alpha.10
//   LATCH_WRITE_TFLITE=DIR dotnet test --project tests/Latch.Import.Tests -- --filter-class "*TfLiteGoldenTests"
//   node golden.js PACKAGE/wasm DIR golden.json
const fs = require('fs');
const crypto = require('crypto');
const path = require('path');
const [wasm, folder, target] = process.argv.slice(2);
const factory = require(path.resolve(wasm, 'tflite_web_api_cc.js'));

// Element i of input k in run r.
const real = (i, k, r) => 0.95 * Math.sin(0.7 * i + 1.3 * r + 0.4 * k + 0.2);
const whole = (i, k, r) => (i * (k + 1) + r) % 3;

function list(vector) {
  return Array.from({ length: vector.size() }, (_, at) => vector.get(at));
}

function run(module, bytes, runs) {
  const start = module._malloc(bytes.length);
  module.HEAPU8.set(bytes, start);
  const created = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(start, bytes.length, { numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 1 });
  if (!created.ok()) throw new Error(created.errorMessage());
  const runner = created.value();
  const results = [];
  for (let r = 0; r < runs; r++) {
    list(runner.GetInputs()).forEach((input, k) => {
      const data = input.data();
      for (let i = 0; i < data.length; i++) data[i] = input.dataType === 'float32' ? real(i, k, r) : whole(i, k, r);
    });
    if (!runner.Infer()) throw new Error('the run failed');
    results.push(list(runner.GetOutputs()).map(output => Array.from(output.data(), x => Number(x.toPrecision(9)))));
  }
  return results;
}

(async () => {
  const golden = {};
  for (const file of fs.readdirSync(folder).filter(name => name.endsWith('.tflite')).sort()) {
    const module = await factory({ wasmBinary: fs.readFileSync(path.join(wasm, 'tflite_web_api_cc.wasm')) });
    const bytes = fs.readFileSync(path.join(folder, file));
    const [name, runs] = [file.replace(/\.(\d+)\.tflite$/, ''), Number(file.match(/\.(\d+)\.tflite$/)[1])];
    try {
      golden[name] = { sha256: crypto.createHash('sha256').update(bytes).digest('hex'), runs: run(module, bytes, runs) };
    } catch (error) {
      console.error(`${name}: ${error.message ?? error}`);
    }
  }
  const lines = Object.entries(golden).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  fs.writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`);
})();
