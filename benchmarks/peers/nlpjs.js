// nlp.js learns FOLDER/train.jsonl and is asked FOLDER/test.jsonl, as contest.py has it done: node nlpjs.js FOLDER
const fs = require("fs");
const { createRequire } = require("module");
const { performance } = require("perf_hooks");

const WARM = 20;
const folder = process.argv[2];
const { NlpManager } = createRequire(`${process.cwd()}/`)("node-nlp");
const read = (name) => fs.readFileSync(`${folder}/${name}.jsonl`, "utf8").trim().split("\n").map(JSON.parse);

async function main() {
  // What its own benchmark sets; without it every message is searched for dates and numbers besides.
  const manager = new NlpManager({
    languages: ["es"], autoSave: false, nlu: { log: false, useNoneFeature: true }, ner: { builtins: [] },
  });
  const test = read("test");
  const train = read("train");
  let started = performance.now();
  train.forEach(({ text, label }) => manager.addDocument("es", text, label));
  await manager.train();
  const training = (performance.now() - started) / 1000;
  for (const { text } of test.slice(0, WARM)) await manager.process("es", text);
  const parse = [];
  const rankings = [];
  for (const { text } of test) {
    started = performance.now();
    const { classifications } = await manager.process("es", text);
    parse.push(performance.now() - started);
    rankings.push(classifications.slice(0, 20).map(({ intent, score }) => [intent, score]));
  }
  fs.writeFileSync(`${folder}/nlpjs.json`, JSON.stringify({ training, parse, rankings }));
}

main();
