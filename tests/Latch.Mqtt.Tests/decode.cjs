// Decodes Sparkplug B payloads, one a line in hex, with the npm package sparkplug-payload of the folder named; prints one JSON document a line.
const { createRequire } = require("node:module");
const sparkplug = createRequire(process.argv[2] + "/package.json")("sparkplug-payload").get("spBv1.0");
const plain = (key, value) => (value !== null && typeof value === "object" && typeof value.toNumber === "function" ? value.toNumber() : value);
for (const line of require("node:fs").readFileSync(0, "utf8").split("\n").filter((text) => text.length > 0)) {
  console.log(JSON.stringify(sparkplug.decodePayload(Buffer.from(line, "hex")), plain));
}
