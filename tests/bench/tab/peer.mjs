// The same passes by onnxruntime-web, on one thread: see graph.py for what goes in and comes out.

import * as ort from "/.bench/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs";
import { answering, collect } from "./answering.mjs";

ort.env.wasm.numThreads = 1;
let session, text; // `text` holds what the last pass gave

async function load(precision) {
  const name = `gpt2-${precision}`;
  const externalData = [{ path: `${name}.data`, data: `/.bench/${name}.data` }];
  session = await ort.InferenceSession.create(`/.bench/${name}.onnx`, { executionProviders: ["wasm"], externalData });
}

function feeds(ids, before) {
  const given = { ids: new ort.Tensor("int64", BigInt64Array.from(ids, BigInt), [ids.length]) };
  for (const name of session.inputNames.filter((name) => name !== "ids")) {
    given[name] = before?.[name.replace("past_", "")] ?? new ort.Tensor("float32", [], [12, 0, 64]);
  }
  return given;
}

async function pass(ids, before) {
  const started = performance.now();
  text = await session.run(feeds(ids, before));
  return performance.now() - started;
}

const prompt = (ids) => pass(ids);

async function further(ids) {
  const times = [];
  for (const id of ids) times.push(await pass([id], text));
  return times;
}

function values() {
  const patterns = session.outputNames.filter((name) => name.startsWith("pattern."));
  return { logits: [...text.logits.data], patterns: patterns.flatMap((name) => [...text[name].data]) };
}

answering({ load, prompt, further, values, collect });
